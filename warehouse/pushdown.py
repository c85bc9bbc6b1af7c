"""Which tables a look at information_schema is about, so that no other has to be opened."""

from dataclasses import dataclass

from warehouse.tokens import Token, string_value

_SCHEMA_COLUMNS = ("table_schema", "schema_name")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The schemas and tables a statement asks for, lower-cased; None means all."""

    schemas: frozenset[str] | None = None
    tables: frozenset[str] | None = None

    def schema(self, name: str) -> bool:
        """Whether this schema is asked for."""
        return self.schemas is None or name.lower() in self.schemas

    def table(self, name: str) -> bool:
        """Whether a table of this name is asked for."""
        return self.tables is None or name.lower() in self.tables


def wanted_tables(tokens: list[Token]) -> Wanted:
    """What the ``column = 'literal'`` conditions of a statement with one relation narrow it to.

    A column counts where every part between two ORs compares it, so each row that passes the
    whole condition has one of the literals. With a NOT, a CASE or an IF nothing is narrowed.
    """
    words = {token.keyword for token in tokens}
    if words & {"NOT", "CASE", "IF", "IIF", "!"} or "UNION" in words:
        return Wanted()
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.keyword == "OR":
            parts.append([])
        else:
            parts[-1].append(token)
    return Wanted(
        schemas=_literals(parts, _SCHEMA_COLUMNS), tables=_literals(parts, ("table_name",))
    )


def _literals(parts: list[list[Token]], columns: tuple[str, ...]) -> frozenset[str] | None:
    found: set[str] = set()
    for part in parts:
        values = {
            string_value(third).lower()
            for first, second, third in zip(part, part[1:], part[2:], strict=False)
            if first.name in columns and second.text == "=" and third.kind == "string"
        }
        if not values:
            return None
        found |= values
    return frozenset(found)
