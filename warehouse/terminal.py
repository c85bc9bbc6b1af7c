"""What comes from outside, as a terminal may show it."""

from rich.markup import escape


def plain(value: object) -> str:
    """The text with control characters as escapes: a terminal would obey them."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in str(value)
    )


def cell(value: object) -> str:
    """The same for Rich, which reads square brackets as markup."""
    return escape(plain(value))
