"""The console over made-up rows, for a browser: `streamlit run tests/unit/console/shown.py`."""

from operations.console.application import run, sheets
from tests.unit.console import made_up

run(sheets(made_up.busy, made_up.PaperDesk()), lambda: None, lambda _: None, lambda _: None)
