"""Column lineage for the terminal: names that a person types, and trees of columns. Pure."""

from collections.abc import Iterator
from difflib import get_close_matches

from operations.lineage.columns_of_project import ColumnLineage, Table
from operations.lineage.errors import ColumnsUnknown
from operations.lineage.walk import Found, TableColumn


def find(lineage: ColumnLineage, name: str) -> tuple[Table, str | None]:
    """The table, and column if one is named: [schema.]table[.column], in any case.

    Raises:
        ColumnsUnknown: if there is none, with the names that are close.
    """
    asked = name.strip().lower().replace("`", "")
    if table := _table(lineage, asked):
        return table, None
    above, _, column = asked.rpartition(".")
    if table := _table(lineage, above):
        if column in table.columns:
            return table, column
        raise ColumnsUnknown(
            f"{table.full_name} has no column {column}{_close(column, list(table.columns))}"
        )
    known = [one.name.lower() for one in lineage.tables.values()]
    known += [one.full_name.lower() for one in lineage.tables.values()]
    last = above if above and not _is_schema(lineage, above) else asked
    raise ColumnsUnknown(f"There is no model, snapshot, seed or source {last}{_close(last, known)}")


def _table(lineage: ColumnLineage, name: str) -> Table | None:
    found = [
        one
        for one in lineage.tables.values()
        if name in (one.name.lower(), one.full_name.lower(), ".".join(one.relation))
    ]
    if len(found) > 1:
        named = ", ".join(sorted(one.full_name for one in found))
        raise ColumnsUnknown(f"{name} is the name of several tables: say {named}.")
    return found[0] if found else None


def _is_schema(lineage: ColumnLineage, name: str) -> bool:
    return any(name == relation[1] for relation in lineage.tables)


def _close(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3)
    return f"; close to it: {', '.join(near)}." if near else "."


def table_lines(lineage: ColumnLineage, table: Table, down: bool) -> Iterator[str]:
    """Every column of a table with those next to it, a block of lines each."""
    if why := lineage.unread.get(table.relation):
        yield f"{table.full_name} could not be followed: {why}."
    for name in table.columns:
        column = TableColumn(table.relation, name)
        yield _label(lineage, column)
        yield from (f"  {_label(lineage, one)}" for one in _next(lineage, column, down))
        if not down:
            yield from (f"  {said}" for said in _made(lineage, column))


def tree_lines(lineage: ColumnLineage, column: TableColumn, down: bool) -> Iterator[str]:
    """A column and all that it comes from, or with ``down`` all that comes from it, as a tree.

    What is below a column is shown where it first stands, later it ends with `…`.
    """
    yield _label(lineage, column)
    yield from _branches(lineage, column, down, "", {column})


def _branches(
    lineage: ColumnLineage, column: TableColumn, down: bool, margin: str, shown: set[TableColumn]
) -> Iterator[str]:
    below = _next(lineage, column, down)
    said = [] if down else _made(lineage, column)
    for number, one in enumerate(below, start=1):
        is_last = number == len(below) + len(said)
        seen = one in shown and bool(_next(lineage, one, down))
        shown.add(one)
        corner, deeper = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        yield f"{margin}{corner}{_label(lineage, one)}{' …' if seen else ''}"
        if not seen:
            yield from _branches(lineage, one, down, margin + deeper, shown)
    yield from (f"{margin}└─ {text}" for text in said)


def _next(lineage: ColumnLineage, column: TableColumn, down: bool) -> tuple[TableColumn, ...]:
    return lineage.read_by.get(column, ()) if down else lineage.derived_from(column)


def _made(lineage: ColumnLineage, column: TableColumn) -> list[str]:
    """That a column is made where it is, if it comes from nowhere."""
    found = lineage.found.get(column, Found())
    if found.columns or not found.made:
        return []
    return [f"made here: {', '.join(sorted(found.made))}"]


def _label(lineage: ColumnLineage, column: TableColumn) -> str:
    table = lineage.tables[column.table]
    return f"{table.full_name}.{table.column(column.name)}"
