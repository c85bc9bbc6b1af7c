"""Follows a column through the scopes of a query to the columns of tables. Pure.

The query is one that sqlglot has qualified: every column names its source, no star is left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import Scope
from sqlglot.schema import MappingSchema

DIALECT = "databricks"
# What gives one of the structs that it is given, as it is: a member of it is a member of theirs.
_PASSES = (exp.Coalesce, exp.Max, exp.Min, exp.AnyValue, exp.First, exp.Last, exp.Paren, exp.Alias)
# A table or view by catalog, schema and name, in lower case.
Relation = tuple[str, str, str]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class TableColumn:
    """A column of a table; names in lower case, as the engine compares them."""

    table: Relation
    name: str


class Found(NamedTuple):
    """What an expression is made of.

    ``unknown``: names of which no table is known. ``made``: SQL of selected expressions, on the
    way, that read no column at all.
    """

    columns: frozenset[TableColumn] = frozenset()
    unknown: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()


class Walk:
    """Follows names through selects, CTEs, unions, lateral views and scalar subqueries."""

    def __init__(self, schema: MappingSchema) -> None:
        self._schema = schema
        self._known: dict[tuple[int, str, Path], Found] = {}

    def output(self, scope: Scope, name: str, path: Path = ()) -> Found:
        """Of a column that a scope gives to whoever reads it, at a path of struct members."""
        key = (id(scope), name, path)
        if key not in self._known:
            self._known[key] = Found()  # a recursive CTE reads itself
            self._known[key] = self._output(scope, name, path)
        return self._known[key]

    def _output(self, scope: Scope, name: str, path: Path) -> Found:
        if isinstance(scope.expression, exp.SetOperation):
            return self._of_set(scope, scope.expression, name, path)
        if isinstance(scope.expression, exp.Lateral):
            names = scope.expression.alias_column_names
            index = names.index(name) if name in names else 0
            return self._inlined(scope, scope.expression.this, index, path)
        if not isinstance(scope.expression, exp.Query):
            # VALUES: any of its columns may hold any part of what it was given.
            return _made(scope.expression, self._parts(scope, scope.expression))
        for select in _selects(scope):
            if isinstance(select, exp.Aliases) and name in (names := names_of(select)):
                return _made(select, self._inlined(scope, select.this, names.index(name), path))
            if name == select.alias_or_name:
                return _made(select, self._expression(scope, select, path))
        return Found(unknown=frozenset({name}))

    def _of_set(self, scope: Scope, set_of: exp.SetOperation, name: str, path: Path) -> Found:
        index = [one.alias_or_name for one in set_of.selects].index(name)
        parts = scope.set_operation_scopes
        # Of EXCEPT no value comes from the right.
        read = parts[:1] if isinstance(set_of, exp.Except) else parts
        return together(self.output(one, _selects(one)[index].alias_or_name, path) for one in read)

    def _inlined(self, scope: Scope, called: exp.Expr, index: int, path: Path) -> Found:
        """Of the n-th column of inline(array(struct(…), …)); of all if that is not written out.

        Of another generator, as explode, every column may hold any part of what it was given.
        """
        listed = called.this if isinstance(called, exp.Inline) else None
        structs = listed.expressions if isinstance(listed, exp.Array) else []
        if not all(isinstance(one, exp.Struct) and index < len(one.expressions) for one in structs):
            structs = []
        members = [_value(one.expressions[index]) for one in structs] or [called]
        return together(_made(one, self._expression(scope, one, path)) for one in members)

    def _expression(self, scope: Scope, node: exp.Expr, path: Path) -> Found:
        if isinstance(node, exp.Query):
            return self._query(scope, node, path)
        if isinstance(node, exp.Column):
            return self._column(scope, node, path)
        if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
            return self._expression(scope, node.this, (node.name.lower(), *path))
        if path and isinstance(node, exp.Struct):
            for member in node.expressions:
                if isinstance(member, exp.PropertyEQ) and member.name.lower() == path[0]:
                    return self._expression(scope, member.expression, path[1:])
        if path and isinstance(node, exp.ArgMax | exp.ArgMin):
            by = self._expression(scope, node.expression, ())
            return together([self._expression(scope, node.this, path), by])
        return self._parts(scope, node, path if isinstance(node, _PASSES) else ())

    def _parts(self, scope: Scope, node: exp.Expr, path: Path = ()) -> Found:
        return together(self._expression(scope, part, path) for part in node.iter_expressions())

    def _query(self, scope: Scope, node: exp.Query, path: Path) -> Found:
        inner = node.unnest()
        found = next((one for one in scope.subquery_scopes if one.expression is inner), None)
        if found is None:
            return Found(unknown=frozenset({node.sql(dialect=DIALECT)[:60]}))
        return together(self.output(found, one.alias_or_name, path) for one in _selects(found))

    def _column(self, scope: Scope, column: exp.Column, path: Path) -> Found:
        within: Scope | None = scope
        while within is not None and column.table not in within.sources:
            within = within.parent
        source = within.sources[column.table] if within is not None else None
        if isinstance(source, Scope):
            return self.output(source, column.name, path)
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Func):
            return self._parts(within or scope, source.this)
        name = column.name.lower()
        if isinstance(source, exp.Table) and name in self._schema.column_names(source):
            relation = (source.catalog.lower(), source.db.lower(), source.name.lower())
            return Found(frozenset({TableColumn(relation, name)}))
        return Found(unknown=frozenset({column.sql(dialect=DIALECT)}))


def _selects(scope: Scope) -> list[exp.Expr]:
    return scope.expression.selects if isinstance(scope.expression, exp.Query) else []


def together(found: Iterable[Found]) -> Found:
    """All that several expressions are made of."""
    columns: set[TableColumn] = set()
    unknown: set[str] = set()
    made: set[str] = set()
    for one in found:
        columns |= one.columns
        unknown |= one.unknown
        made |= one.made
    return Found(frozenset(columns), frozenset(unknown), frozenset(made))


def _made(select: exp.Expr, found: Found) -> Found:
    if found.columns or found.unknown or found.made:
        return found
    text = select.unalias().sql(dialect=DIALECT, comments=False, normalize_functions="lower")
    if isinstance(select, exp.Values):
        text = f"VALUES … AS {select.alias}"
    return found._replace(made=frozenset({text}))


def names_of(select: exp.Expr) -> list[str]:
    """The names of the columns that a selected expression gives: of a generator, several."""
    if isinstance(select, exp.Aliases):
        return [one.name for one in select.expressions]
    return [select.alias_or_name]


def _value(member: exp.Expr) -> exp.Expr:
    return member.expression if isinstance(member, exp.PropertyEQ) else member
