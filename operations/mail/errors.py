"""Errors that a user can mend; each message says what, where, what to do."""


class MailError(Exception):
    """Base of all errors here."""


class SmtpConfigError(MailError):
    """The file that says how to send mail is missing or makes no sense."""


class SmtpFailed(MailError):
    """The mail server cannot be reached, or does not take a mail."""
