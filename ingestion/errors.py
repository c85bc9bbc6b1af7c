"""What can go wrong for a user of ingestion; each message says what, where and what to do."""


class IngestionError(Exception):
    """Base of the errors whose message is meant for a person; the work failed (exit code 1)."""


class WrongUse(IngestionError):
    """The command was given something that cannot be right (exit code 2)."""


class SourcesInvalid(WrongUse):
    """A source declaration cannot be used; one sentence per fault, a line each."""


class LandingMissing(WrongUse):
    """The landing root, or a folder named by the user, does not exist."""


class LandingUnreadable(IngestionError):
    """A folder or file below a source's landing folder cannot be read."""


class LandingRefused(IngestionError):
    """What lies in a landing folder is not to be read, though it could be."""


class FileNotWhole(IngestionError):
    """A file is cut off, or its content is not what its name says; its batch was not written."""


class NotSettled(IngestionError):
    """A file is still being written; its batch waits for a later run."""


class FileChanged(IngestionError):
    """A file changed between being listed and being read; the batch is planned anew."""


class CheckpointBusy(IngestionError):
    """Another process ingests the same source with the same checkpoint."""


class CheckpointUnreadable(IngestionError):
    """The checkpoint does not have the form that Spark's file source writes."""


class CheckpointOutdated(IngestionError):
    """The checkpoint and the table do not know the same batches."""


class KafkaRefused(IngestionError):
    """The broker does not answer, or has not what is to be read."""


class SourceFailed(IngestionError):
    """Spark could not read or write; the message holds its first sentence."""
