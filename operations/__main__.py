"""``python -m operations`` is the command line of lakeledger."""

from operations.cli import main

main()
