"""Errors that a user can mend; each message says what, where, what to do."""

from operations.mail.errors import MailError


class AlreadyMailing(MailError):
    """Another run over the same home is sending."""
