"""Turns the SQL that a Databricks client sends into the SQL of open-source Spark."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from warehouse.errors import NotEmulated
from warehouse.pushdown import Wanted, wanted_tables
from warehouse.tokens import Token, replaced, significant_tokens, string_value

ENGINE_CATALOG = "spark_catalog"
_NAME_FUNCTIONS = ("table_changes", "identifier")
# Words that end a table reference: one of them after a relation means that it has no alias.
_AFTER_RELATION = frozenset((
    "WHERE", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "ANTI", "SEMI", "NATURAL", "ON",
    "USING", "GROUP", "ORDER", "HAVING", "QUALIFY", "LIMIT", "OFFSET", "UNION", "INTERSECT",
    "EXCEPT", "MINUS", "WINDOW", "LATERAL", "TABLESAMPLE", "PIVOT", "UNPIVOT", "CLUSTER",
    "DISTRIBUTE", "SORT", ")", ",", ";", "|",
))  # fmt: skip

Relation = Callable[[str, Wanted], str]
Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The mapping for one catalog name.

    ``relation`` gives the SQL of a relation of information_schema, or raises NotEmulated.
    """

    catalog: str
    relation: Relation

    def translate(self, sql: str) -> str:
        """The statement for the engine; strings, comments and other names stay as they are.

        Raises:
            NotEmulated: where it names a catalog or relation that is not emulated.
        """
        tokens = significant_tokens(sql)
        edits = [
            *self._catalog_statement(tokens),
            *self._current_catalog(tokens),
            *self._named_in_strings(tokens),
        ]
        done = {start for start, _, _ in edits}
        edits += [edit for edit in self._qualified(tokens) if edit[0] not in done]
        return replaced(sql, edits)

    def _is_catalog(self, token: Token) -> bool:
        return token.name == self.catalog.lower()

    def _catalog_statement(self, tokens: list[Token]) -> list[Edit]:
        """USE CATALOG x, SET CATALOG x, SHOW SCHEMAS IN x."""
        words = [token.keyword for token in tokens[:4]]
        if words[:2] in (["USE", "CATALOG"], ["SET", "CATALOG"]) and len(tokens) > 2:
            name = string_value(tokens[2]) if tokens[2].kind == "string" else tokens[2].name
            if name.lower() not in (self.catalog.lower(), ENGINE_CATALOG):
                raise NotEmulated(
                    f"[NO_SUCH_CATALOG_EXCEPTION] Catalog '{name}' was not found: the embedded "
                    f"lakehouse has one catalog, '{self.catalog}'."
                )
            return [(tokens[0].start, tokens[2].end, f"USE {ENGINE_CATALOG}")]
        named = words[:1] == ["SHOW"] and words[1] in ("SCHEMAS", "DATABASES") and len(tokens) > 3
        if named and words[2] in ("IN", "FROM") and self._is_catalog(tokens[3]):
            return [(tokens[3].start, tokens[3].end, ENGINE_CATALOG)]
        return []

    def _current_catalog(self, tokens: list[Token]) -> list[Edit]:
        edits = []
        for index, token in enumerate(tokens):
            if token.keyword != "CURRENT_CATALOG" or _text(tokens, index - 1) == ".":
                continue
            last = index
            if _text(tokens, index + 1) == "(" and _text(tokens, index + 2) == ")":
                last = index + 2
            selected = _text(tokens, index - 1).upper() in ("SELECT", ",") and (
                _text(tokens, last + 1).upper() in ("", ";", ",", "FROM")
            )
            label = " AS `current_catalog()`" if selected else ""
            edits.append((token.start, tokens[last].end, f"'{self.catalog}'{label}"))
        return edits

    def _named_in_strings(self, tokens: list[Token]) -> list[Edit]:
        """The table's name inside table_changes('...') and IDENTIFIER('...')."""
        edits: list[Edit] = []
        for index, token in enumerate(tokens[:-2]):
            literal = tokens[index + 2]
            called = token.name in _NAME_FUNCTIONS and tokens[index + 1].text == "("
            if called and literal.kind == "string":
                name = self._name_in_string(string_value(literal))
                if token.name == "table_changes":
                    name = _spelled_apart(name, len(edits) + 1)
                text = name.replace("\\", "\\\\").replace("'", "\\'")
                edits.append((literal.start, literal.end, f"'{text}'"))
        return edits

    def _name_in_string(self, name: str) -> str:
        return replaced(name, self._qualified(significant_tokens(name)))

    def _qualified(self, tokens: list[Token]) -> list[Edit]:
        """Names that start with the catalog, and those of information_schema."""
        edits: list[Edit] = []
        schema_uses = self._information_schema(tokens)
        wanted = wanted_tables(tokens) if len(schema_uses) == 1 else Wanted()
        inside: set[int] = set()
        for first, last in schema_uses:
            name = tokens[last].name
            alias = "" if _has_alias(tokens, last) else f" AS `{name}`"
            relation = f"({self.relation(name, wanted)}){alias}"
            edits.append((tokens[first].start, tokens[last].end, relation))
            inside.update(range(first, last + 1))
        for index, token in enumerate(tokens):
            starts = _text(tokens, index - 1) != "." and _text(tokens, index + 1) == "."
            if index not in inside and starts and self._is_catalog(token):
                edits.append((token.start, token.end, ENGINE_CATALOG))
        return edits

    def _information_schema(self, tokens: list[Token]) -> list[tuple[int, int]]:
        """First and last token of each relation of information_schema that is named."""
        found = []
        for index, token in enumerate(tokens[:-2]):
            if token.name != "information_schema" or tokens[index + 1].text != ".":
                continue
            first = index
            if _text(tokens, index - 1) == ".":
                if not (tokens[index - 2].name == "system" or self._is_catalog(tokens[index - 2])):
                    continue
                first = index - 2
            if _text(tokens, index + 3) != "." and tokens[index + 2].name:
                before = _text(tokens, first - 1).upper()
                if before in ("FROM", "JOIN", ",", "("):
                    found.append((first, index + 2))
        return found

    def shown(self, text: str) -> str:
        """A message or cell of the engine with the catalog named as the client knows it."""
        return _ENGINE_NAME.sub(lambda _: self.catalog, text)


_ENGINE_NAME = re.compile(rf"\b{ENGINE_CATALOG}\b")


def _spelled_apart(name: str, number: int) -> str:
    """The name with some letters of its last part in capitals, others for each number.

    Names do not mind, and the engine needs it: within one statement it takes a table of the same
    spelling for the same relation, so the changes of a table that is also read as it is would
    silently become that table's rows.
    """
    start = name.rstrip("`").rfind("`" if name.endswith("`") else ".") + 1
    letters, bit = list(name), 1
    for index in range(start, len(letters)):
        if letters[index].isascii() and letters[index].isalpha():
            letters[index] = letters[index].upper() if number & bit else letters[index].lower()
            bit <<= 1
    return "".join(letters)


def _text(tokens: list[Token], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) else ""


def _has_alias(tokens: list[Token], last: int) -> bool:
    following = _text(tokens, last + 1).upper()
    return bool(following) and following not in _AFTER_RELATION
