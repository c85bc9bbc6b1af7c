"""What can go wrong for a user of the embedded lakehouse: what, where, what to do about it."""


class WarehouseError(Exception):
    """Base of the errors whose message is meant for a person."""


class JavaNotFound(WarehouseError):
    """No Java 17 or newer is to be had, neither on the machine nor as the bundled JRE."""


class JarsUnavailable(WarehouseError):
    """A jar could not be fetched, or what was fetched is not what was expected."""


class EngineFailed(WarehouseError):
    """Spark did not start; the message names the log that says why."""


class NotEmulated(WarehouseError):
    """A statement or call that Databricks knows and the embedded lakehouse does not emulate."""


class BadStatement(WarehouseError):
    """A request that cannot be carried out as it was sent (unknown session, bad parameter)."""


class SettingsInvalid(WarehouseError):
    """An environment variable holds a value that cannot be used."""


class WarehouseNotStarted(WarehouseError):
    """The daemon could not be started or reached."""
