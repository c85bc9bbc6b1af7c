"""What a source is called: ``domain.table``, or its table alone where no other domain has one."""

from collections.abc import Iterable


def meant(asked: str, full_names: Iterable[str]) -> tuple[str, ...]:
    """The full names that ``asked`` may mean: one, none, or several domains' table of that name."""
    known = tuple(full_names)
    return (asked,) if asked in known else tuple(n for n in known if n.split(".")[-1] == asked)


def shortest(full_names: Iterable[str]) -> tuple[str, ...]:
    """How each of them can be asked for in the fewest words, in the same order."""
    known = tuple(full_names)
    tables = [name.split(".")[-1] for name in known]
    return tuple(
        table if tables.count(table) == 1 else name
        for name, table in zip(known, tables, strict=True)
    )


def ambiguous(asked: str, found: Iterable[str]) -> str:
    """The sentence for a name that several domains have."""
    return f"Several domains have a source {asked}: say {' or '.join(found)}."
