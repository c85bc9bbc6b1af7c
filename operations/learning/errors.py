"""Errors that a user can mend; each message says what, where, what to do."""


class LearningError(Exception):
    """Base of all errors here."""


class NoFeatures(LearningError):
    """The tables that models learn from are not there, or are empty."""


class TooLittleHistory(LearningError):
    """The data does not reach far enough for an honest split into the past and what came after."""


class NoChampion(LearningError):
    """No version of the model has been promoted, so that there is nothing to score with."""


class StoreUnreachable(LearningError):
    """The tracking store of MLflow cannot be opened, or does not answer."""
