"""Mistakes of a user of `lakeledger trace`; each message says what is possible instead."""


class TraceError(Exception):
    """The amount asked for cannot be named: the sentence says why and what can be asked."""
