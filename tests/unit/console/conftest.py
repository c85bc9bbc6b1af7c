"""What Streamlit's test runner leaves is put in order here, not in the module that comes next."""

import gc
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _left_as_found() -> Iterator[None]:
    main = sys.modules["__main__"]
    yield
    # It puts the page in its place, and whatever starts a process next would run the page there.
    sys.modules["__main__"] = main
    told = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        gc.collect()
    finally:
        sys.unraisablehook = told
