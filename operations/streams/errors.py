"""What can go wrong for a user of the streams, in sentences for a person."""


class StreamsFailed(Exception):
    """The streams cannot begin or go on; the message says what, where and what to do."""
