"""The docs site: what the theme would fetch the site has itself, dbt's page knows types, and
columns have pages of their own.

A hook of MkDocs (mkdocs.yml), and the last step of `make site`.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

from operations.lineage.column_pages import column_pages, list_of_pages
from operations.lineage.columns_of_project import column_lineage

# Names the manifest with the compiled SQL of every model; without it columns have no pages.
MANIFEST = "LAKELEDGER_DOCS_MANIFEST"
_COLUMNS = "columns.md"
# The theme's plugin `offline` loads this for pages that are opened as files.
FETCHED = "https://unpkg.com/iframe-worker/shim"
OURS = "worker.js"


def on_files(files: Any, *, config: Any, **_: Any) -> Any:
    """The files of the site with a page of column lineage for each folder of models."""
    if manifest := os.environ.get(MANIFEST):
        document = json.loads(Path(manifest).read_text(encoding="utf-8"))
        for path, text in column_pages(column_lineage(document)).items():
            files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Any, files: Any, **_: Any) -> str:
    """The page about column lineage with links to the pages that there are."""
    if page.file.src_uri != _COLUMNS:
        return markdown
    folder = f"{Path(_COLUMNS).stem}/"
    made = [file.src_uri for file in files if file.src_uri.startswith(folder)]
    return f"{markdown}\n{list_of_pages(sorted(made))}" if made else markdown


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """The page's HTML with the site's own script in the place of the fetched one."""
    up = "../" * page.file.dest_uri.count("/")
    return output.replace(FETCHED, f"{up}{OURS}")


def on_post_template(output: str, **_: Any) -> str:
    """The same for the page that a server shows where there is none; MkDocs gives it no depth."""
    return output.replace(FETCHED, f"/{OURS}")


def with_types(static_index: str, empty: str, manifest: Mapping[str, Any]) -> str:
    """dbt's page with the declared type of every column, which it takes from a catalog alone.

    ``empty`` is the catalog that the page was made with, as it stands there.
    """
    nodes = {**manifest["nodes"], **manifest["sources"]}
    declared = {key: _declared(key, node) for key, node in nodes.items() if node.get("columns")}
    catalog = json.loads(empty)
    catalog["nodes"] = {k: v for k, v in declared.items() if not k.startswith("source.")}
    catalog["sources"] = {k: v for k, v in declared.items() if k.startswith("source.")}
    mark = f"catalog:{empty}"
    if mark not in static_index:
        raise ValueError("dbt's page has no catalog where it is looked for")
    # What stands within a script must not end it.
    text = json.dumps(catalog).replace("</", "<\\/")
    return static_index.replace(mark, f"catalog:{text}")


def _declared(key: str, node: Mapping[str, Any]) -> dict[str, Any]:
    columns = {
        name: {"type": column.get("data_type") or "", "index": number, "name": name}
        for number, (name, column) in enumerate(node["columns"].items(), start=1)
    }
    kind = "VIEW" if node.get("config", {}).get("materialized") == "view" else "BASE TABLE"
    place = {"type": kind, "schema": node["schema"], "name": node["name"]}
    return {"unique_id": key, "metadata": place, "columns": columns, "stats": {}}


def main(artifacts: Path, page: Path) -> None:
    """Writes the page from what `dbt docs generate --static --empty-catalog` has left."""
    read = {
        name: (artifacts / name).read_text(encoding="utf-8")
        for name in ("static_index.html", "catalog.json", "manifest.json")
    }
    manifest = json.loads(read["manifest.json"])
    text = with_types(read["static_index.html"], read["catalog.json"], manifest)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
