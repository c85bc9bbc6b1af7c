"""``python -m operations.streams`` is `lakeledger streams`."""

import os

import typer

from operations.streams.cli import streams

os.umask(0o077)
typer.run(streams)
