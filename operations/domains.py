"""Which domains of sources there is anything of: the others' models are left alone.

The account's own telemetry is always built, so that a first run shows every table.
"""

from collections.abc import Sequence
from itertools import groupby

from ingestion.sources import Source
from operations.facts import ModelledSource
from operations.queries import Cursor, rows

_ALWAYS = "platform"
_SCHEMA = "bronze_"


def domain_of(source: Source) -> str:
    """`orders` of a source whose bronze table is `bronze_orders.reviews`."""
    return source.schema.removeprefix(_SCHEMA)


def silent_domains(cursor: Cursor, sources: Sequence[Source]) -> tuple[str, ...]:
    """Domains of which no source has a row in bronze, by name; their bronze tables exist."""
    found = []
    for domain, members in groupby(sorted(sources, key=domain_of), key=domain_of):
        if domain != _ALWAYS and not _has_rows(cursor, [source.table for source in members]):
            found.append(domain)
    return tuple(found)


def left_out(domains: Sequence[str]) -> tuple[str, ...]:
    """Arguments of dbt that leave the models of these domains alone."""
    return ("--exclude", *(f"tag:{domain}" for domain in domains)) if domains else ()


def speaking(
    sources: Sequence[ModelledSource], silent: Sequence[str]
) -> tuple[ModelledSource, ...]:
    """The sources whose domain is none of the silent ones."""
    return tuple(source for source in sources if source.name.split(".")[0] not in silent)


def _has_rows(cursor: Cursor, tables: Sequence[str]) -> bool:
    asked = " union all ".join(f"(select 1 from {table} limit 1)" for table in tables)
    return bool(rows(cursor, f"select * from ({asked}) limit 1"))
