"""Which columns a query's columns are taken from: compiled SQL and the columns of its tables. Pure.

A column is derived from every column that stands in its expression: values, conditions of a case,
what a window is cut and sorted by, what a scalar subquery selects. Not from what rows are filtered,
joined or grouped by. A member of a struct is followed to the expression that it was made of, as far
as the struct is made by name; paths into a VARIANT, a map or JSON text end at the column they are
taken from.
"""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from operations.lineage.walk import DIALECT, Found, Relation, Walk, names_of

# The feed of a table's changes has the columns of the table.
_FEED = "table_changes"


class UnreadableSql(Exception):
    """SQL that the parser does not understand."""


def schema_of(tables: Mapping[Relation, Mapping[str, str]]) -> MappingSchema:
    """Columns and their types by table, for `origins`."""
    schema = MappingSchema(dialect=DIALECT)
    for relation, columns in tables.items():
        add_table(schema, relation, columns)
    return schema


def add_table(schema: MappingSchema, relation: Relation, columns: Mapping[str, str]) -> None:
    """Adds a table; a type that is not known may be empty."""
    catalog, database, name = relation
    table = exp.table_(name, db=database, catalog=catalog, quoted=True)
    typed = {column: kind or "unknown" for column, kind in columns.items()}
    schema.add_table(table, typed, dialect=DIALECT, match_depth=False)


def origins(sql: str, schema: MappingSchema) -> dict[str, Found]:
    """What every column of a query is made of, by its name in lower case, in their order.

    Raises:
        UnreadableSql: if the parser does not understand it, or it selects nothing by name.
    """
    scope, query = _scope(sql, schema)
    walk = Walk(schema)
    names = [name for select in query.selects for name in names_of(select)]
    if "*" in names:
        raise UnreadableSql("it selects * from a table whose columns are not declared")
    return {name.lower(): walk.output(scope, name) for name in names}


def _scope(sql: str, schema: MappingSchema) -> tuple[Scope, exp.Query]:
    try:
        tree = sqlglot.parse_one(sql, dialect=DIALECT)
        qualified = qualify(
            _with_names(_without_feeds(tree)),
            dialect=DIALECT,
            schema=schema,
            validate_qualify_columns=False,
            quote_identifiers=False,
        )
        scope = build_scope(qualified)
    except SqlglotError as error:
        raise UnreadableSql(str(error).splitlines()[0]) from error
    if scope is None or not isinstance(scope.expression, exp.Query):
        raise UnreadableSql("it is no query")
    return scope, scope.expression


def _without_feeds(tree: exp.Expr) -> exp.Expr:
    """The query with tables in the place of the feeds of their changes."""
    for table in list(tree.find_all(exp.Table)):
        called = table.this
        if isinstance(called, exp.Anonymous) and called.name.lower() == _FEED:
            read = exp.to_table(called.expressions[0].name, dialect=DIALECT)
            read.set("alias", table.args.get("alias"))
            table.replace(read)
    return tree


def _with_names(tree: exp.Expr) -> exp.Expr:
    """The query with its inline(array(struct(… as name))) named as the engine names its columns."""
    for select in tree.find_all(exp.Select):
        for one in select.expressions:
            if not isinstance(one, exp.Inline) or not isinstance(one.this, exp.Array):
                continue
            first = one.this.expressions[0]
            names = [exp.to_identifier(_member(part)) for part in first.expressions]
            one.replace(exp.Aliases(this=one.copy(), expressions=names))
    return tree


def _member(part: exp.Expr) -> str:
    return part.name if isinstance(part, exp.PropertyEQ) else part.alias_or_name
