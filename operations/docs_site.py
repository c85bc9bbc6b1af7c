"""A hook of MkDocs (mkdocs.yml): what the theme would fetch, the site has itself."""

from typing import Any

# The theme's plugin `offline` loads this for pages that are opened as files.
FETCHED = "https://unpkg.com/iframe-worker/shim"
OURS = "worker.js"


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """The page's HTML with the site's own script in the place of the fetched one."""
    up = "../" * page.file.dest_uri.count("/")
    return output.replace(FETCHED, f"{up}{OURS}")


def on_post_template(output: str, **_: Any) -> str:
    """The same for the page that a server shows where there is none; MkDocs gives it no depth."""
    return output.replace(FETCHED, f"/{OURS}")
