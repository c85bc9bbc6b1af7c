"""The blocks of commands in a page of the docs."""

import re

_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shell_blocks(page: str) -> list[str]:
    """What a page marks as for a shell, in order."""
    return _BLOCK.findall(page)
