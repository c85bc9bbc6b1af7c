"""YAML by the safe loader, with bounds to nesting and to references."""

from typing import Any

import yaml

DEEPEST = 50
# References to references make a few lines stand for any number of values: there are none.
MOST_ALIASES = 100


class _BoundedLoader(yaml.SafeLoader):
    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = self._aliases = self._anchored = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self._aliases += 1
            if self._anchored or self._aliases > MOST_ALIASES:
                raise yaml.YAMLError(f"more than {MOST_ALIASES} references, or one within another")
        if self._depth > DEEPEST:
            raise yaml.YAMLError(f"nested deeper than {DEEPEST}")
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        is_anchor = bool(event.anchor) and not isinstance(event, yaml.AliasEvent)
        self._depth += 1
        self._anchored += is_anchor
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1
            self._anchored -= is_anchor

    def flatten_mapping(self, node: Any) -> None:
        """Merge keys copy what they refer to: no declaration needs them."""
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise yaml.YAMLError("merge keys (<<) are not read")


def read_yaml(text: str) -> Any:
    """The document in ``text``: mappings, lists and scalars only.

    Raises:
        yaml.YAMLError, ValueError: if it is none, or goes beyond the bounds.
    """
    loader = _BoundedLoader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
