"""Errors that a user can mend; each message says what, where, what to do."""


class ArtifactsUnreadable(Exception):
    """A file that dbt left is not there, or is not as dbt writes it."""
