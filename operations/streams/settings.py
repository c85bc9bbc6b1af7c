"""How the streams run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where messages come from, where figures go, and what is waited for.

    ``kafka`` are the properties of a client. An order is late if the broker took it more than
    ``lateness_seconds`` after its order_time. Spark's watermark lies ``slack_seconds`` further
    back, so that partitions that are not read at the same pace make no order late. An order_id is
    known again for ``memory_days``.
    """

    home: Path
    cache: Path
    checkpoints: Path
    kafka: Mapping[str, str]
    topic: str = "orders"
    hot_store: Path
    bucket: str = "orders"
    trigger_seconds: float = 2.0
    totals_seconds: float = 10.0
    max_messages: int = 100_000
    lateness_seconds: int = 120
    slack_seconds: int = 60
    memory_days: int = 7

    @property
    def watermark_seconds(self) -> int:
        """How far Spark's watermark lies behind the newest order."""
        return self.lateness_seconds + self.slack_seconds

    @property
    def tables(self) -> Path:
        """Where tables by path lie."""
        return self.home / "external"
