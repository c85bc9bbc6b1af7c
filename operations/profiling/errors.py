"""Errors that a user can mend; each message says what, where, what to do."""


class ProfileRefused(Exception):
    """Nothing has been built that could be measured, or what was asked for is not there."""
