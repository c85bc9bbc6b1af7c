"""Errors that a user can mend; each message says what, where, what to do."""


class AlertsError(Exception):
    """Base of all errors here."""


class RulesInvalid(AlertsError):
    """The file of rules is missing or makes no sense."""


class AlertUnknown(AlertsError):
    """No open alert has the name that was given."""


class NotTold(AlertsError):
    """An alert could not be handed to a channel; it is told by the next check.

    ``may_have_left``: the channel went away before it could say whether it took the message.
    """

    def __init__(self, message: str, *, may_have_left: bool = False) -> None:
        super().__init__(message)
        self.may_have_left = may_have_left


class AlreadyChecking(AlertsError):
    """Another run over the same home is checking."""


class PipelineStopped(AlertsError):
    """Quality is so low that nothing may be built on it until a person answers for it."""

    exit_code = 3
