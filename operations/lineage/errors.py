"""What a user of `lakeledger lineage` can mend."""


class NothingToTell(Exception):
    """There are no artifacts of a run of dbt that can be told."""


class NotTold(Exception):
    """The events were made, and could not be sent, or not all of them."""


class ColumnsUnknown(Exception):
    """What column lineage was asked for is not there, or nothing is compiled that could tell."""
