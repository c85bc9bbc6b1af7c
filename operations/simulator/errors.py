"""Errors a user of the simulator can cause; each message says what, where and what to do."""


class SimulatorError(Exception):
    """Base of all simulator errors; `exit_code` is what the command line returns."""

    exit_code = 1


class BadOptionError(SimulatorError):
    """An option value makes no sense."""

    exit_code = 2


class LandingInUseError(SimulatorError):
    """The landing folder holds another run, or cannot be used as a folder."""

    exit_code = 2


class LandingConflictError(SimulatorError):
    """A landing file of this run exists with other content."""


class LandingWriteError(SimulatorError):
    """A file could not be written."""
