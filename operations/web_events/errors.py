"""Errors a user of the simulator can cause; each message says what, where and what to do."""

from operations.simulator.errors import SimulatorError


class WebEventsError(SimulatorError):
    """Base of all errors here."""


class BadOptionError(WebEventsError):
    """An option value makes no sense."""

    exit_code = 2


class OrdersNotFoundError(WebEventsError):
    """The folder of orders, or a file in it, is not there."""

    exit_code = 2


class UnreadableOrdersError(WebEventsError):
    """A file of orders cannot be read, or is not what it is called."""
