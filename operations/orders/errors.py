"""Errors a user of the order simulator can cause; each message says what, where, what to do."""

from operations.simulator.errors import SimulatorError


class OrdersError(SimulatorError):
    """Base of all errors here."""


class BadOptionError(OrdersError):
    """An option value makes no sense."""

    exit_code = 2


class KafkaConfigError(OrdersError):
    """The client configuration is missing, unreadable or not accepted."""


class BrokerUnreachableError(OrdersError):
    """No broker answered in time, or it refused the login."""


class TopicMissingError(OrdersError):
    """The broker has no such topic."""


class MessageTooLargeError(OrdersError):
    """The client or the broker does not take a message of that size."""


class DeliveryFailedError(OrdersError):
    """Messages were handed over and not acknowledged."""


class OutputError(OrdersError):
    """A file could not be written."""
