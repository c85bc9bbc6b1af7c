"""The docs site builds, every link leads somewhere, and its lists are complete."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from operations.docs_site import MANIFEST, with_types

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)\s]+)\)")
FETCHED = re.compile(
    r"""<(?:script|img|iframe)[^>]*\bsrc=["']?https?:|<link[^>]*rel=["']?stylesheet[^>]*https?:"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, compiled: Path) -> Path:
    """The site without dbt's part, as `make site` builds it."""
    folder = tmp_path_factory.mktemp("site")
    ended = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", MANIFEST: str(compiled)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder


def test_the_site_builds_without_a_broken_link_or_anchor(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 60
    assert (site / "index.html").stat().st_size > 5000


def test_columns_have_pages_that_lead_to_each_other(site: Path) -> None:
    """That every link between them leads to a column, the strict build has seen."""
    page = (site / "columns" / "gold-billing-platform.html").read_text(encoding="utf-8")
    assert 'id="gold_billing.fct_usage_hourly.list_cost"' in page
    assert 'href="silver-platform-intermediate.html#silver.int_platform__priced_usage_' in page
    listed = (site / "columns.html").read_text(encoding="utf-8")
    assert 'href="columns/gold-billing-platform.html"' in listed


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    """Readers without a network see the same, search included."""
    found = {
        str(page.relative_to(site)): FETCHED.findall(page.read_text(encoding="utf-8"))
        for page in site.rglob("*.html")
    }
    assert {page: urls for page, urls in found.items() if urls} == {}
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert not re.search(r"url\(\s*['\"]?https?:", styles)
    assert (site / "search" / "search_index.js").exists()


def test_what_is_fetched_would_be_found() -> None:
    assert FETCHED.search('<script src="https://example.com/x.js"></script>')
    assert FETCHED.search('<link rel="stylesheet" href="https://example.com/x.css">')
    assert not FETCHED.search('<a href="https://example.com">')


def test_links_of_the_readme_lead_somewhere() -> None:
    links = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    files = [link.partition("#")[0] for link in links if "://" not in link]
    assert len(files) > 20
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_every_page_is_reached() -> None:
    """From the navigation of mkdocs.yml, or by a link from another page or the README."""
    named = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    texts = {path: path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")}
    texts[ROOT / "README.md"] = (ROOT / "README.md").read_text(encoding="utf-8")
    lost = [
        path.name
        for path in DOCS.glob("*.md")
        if f" {path.name}\n" not in named
        and not any(path.name in text for other, text in texts.items() if other != path)
    ]
    assert lost == []


@pytest.mark.parametrize("folder", ["runbooks", "decisions"])
def test_lists_name_every_page_of_their_folder(folder: str) -> None:
    listed = (DOCS / folder / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (DOCS / folder).glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in listed} == set()


def test_the_page_of_dbt_knows_the_declared_types() -> None:
    empty = '{"nodes": {}, "sources": {}}'
    node = {"schema": "silver", "name": "a", "columns": {"id": {"data_type": "string"}}}
    manifest = {"nodes": {"model.x.a": node, "test.x.b": {}}, "sources": {"source.x.c": node}}
    page = with_types(f"<script>n={{catalog:{empty}}}</script>", empty, manifest)
    catalog = json.loads(page.partition("catalog:")[2].removesuffix("}</script>"))
    assert catalog["nodes"]["model.x.a"]["columns"]["id"]["type"] == "string"
    assert catalog["nodes"].keys() | catalog["sources"].keys() == {"model.x.a", "source.x.c"}


def test_another_page_of_dbt_is_refused() -> None:
    with pytest.raises(ValueError, match="no catalog"):
        with_types("<html></html>", "{}", {"nodes": {}, "sources": {}})
