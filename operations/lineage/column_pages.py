"""Column lineage as pages of the docs site, in Markdown: one for each folder of models. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable

from operations.lineage.columns_of_project import ColumnLineage, Table
from operations.lineage.walk import Relation, TableColumn

FOLDER = "columns"
_LONGEST = 60


def column_pages(lineage: ColumnLineage) -> dict[str, str]:
    """The text of every page by its path in the docs folder, as columns/silver-orders.md."""
    groups: dict[str, list[Table]] = defaultdict(list)
    for table in lineage.tables.values():
        if table.columns:
            groups[table.group].append(table)
    return {
        f"{FOLDER}/{group}.md": _page(lineage, group, sorted(tables, key=lambda one: one.full_name))
        for group, tables in sorted(groups.items())
    }


def list_of_pages(pages: Iterable[str]) -> str:
    """Links to the pages, for a page in the docs folder itself."""
    return "\n".join(f"- [{_title(path)}]({path})" for path in pages) + "\n"


def _title(path: str) -> str:
    return path.removeprefix(f"{FOLDER}/").removesuffix(".md").replace("-", " / ")


def _page(lineage: ColumnLineage, group: str, tables: list[Table]) -> str:
    title = _title(group)
    head = f"# Columns: {title}\n\n[How to read this, and all pages](../{FOLDER}.md)\n"
    return "\n".join([head, *(_section(lineage, group, table) for table in tables)])


def _section(lineage: ColumnLineage, group: str, table: Table) -> str:
    lines = [f"## {table.full_name} {{ #{table.full_name} }}", ""]
    if said := _first_sentence(table.description):
        lines += [f"{said}", ""]
    if why := lineage.unread.get(table.relation):
        lines += [f"Its columns could not be followed: {why}.", ""]
    for name in table.columns:
        lines.append(_entry(lineage, group, table, name))
    return "\n".join([*lines, ""])


def _entry(lineage: ColumnLineage, group: str, table: Table, name: str) -> str:
    column = TableColumn(table.relation, name)
    declared, kind = table.columns[name]
    said = f" `{_shortened(kind)}`" if kind else ""
    lines = [f"- **{_plain(declared)}**{{ #{table.full_name}.{name} }}{said}"]
    if origins := lineage.derived_from(column):
        lines.append(f"*from* {_links(lineage, group, origins)}")
    elif found := lineage.found.get(column):
        lines.append(
            f"*made here:* {', '.join(f'`{_shortened(one)}`' for one in sorted(found.made))}"
        )
    if readers := lineage.read_by.get(column):
        lines.append(f"*read by* {_links(lineage, group, readers)}")
    return "  \n    ".join(lines)


def _links(lineage: ColumnLineage, group: str, columns: Iterable[TableColumn]) -> str:
    """Columns, those of one table together."""
    by_table: dict[Relation, list[str]] = defaultdict(list)
    for column in columns:
        by_table[column.table].append(column.name)
    said = []
    for relation, names in by_table.items():
        table = lineage.tables[relation]
        page = "" if table.group == group else f"{table.group}.md"
        links = [
            f"[{_plain(table.column(name))}]({page}#{table.full_name}.{name})" for name in names
        ]
        said.append(f"{_plain(lineage.label(table))}: {', '.join(links)}")
    return "; ".join(said)


def _first_sentence(text: str) -> str:
    first = re.split(r"(?<=[.:])\s", " ".join(text.split()), maxsplit=1)[0]
    return _plain(first)


def _plain(text: str) -> str:
    """Text that Markdown takes as it is."""
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", text)


def _shortened(text: str) -> str:
    flat = " ".join(text.split()).replace("`", "")
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
