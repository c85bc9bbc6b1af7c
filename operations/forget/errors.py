"""What a user of `lakeledger forget` can mend; the message says what, where and what to do."""


class ForgetRefused(Exception):
    """A command that would do nothing good."""
