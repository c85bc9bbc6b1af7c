"""What a benchmark found: figures with the bar that they are held against."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value.

    ``against`` names what a ratio is a ratio to; ``spread`` is (largest - smallest) / median of the
    rounds. ``least`` and ``most`` are the bar; a figure without one only informs.
    """

    suite: str
    name: str
    value: float
    unit: str
    against: str = ""
    spread: float = 0.0
    least: float | None = None
    most: float | None = None

    @property
    def bar(self) -> str:
        """The bar as text; empty where there is none."""
        if self.least is not None:
            return f"≥ {self.least:g}"
        return f"≤ {self.most:g}" if self.most is not None else ""

    @property
    def holds(self) -> bool:
        """Whether the value keeps to its bar."""
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "holds": self.holds}


def missed(figures: Sequence[Figure]) -> list[Figure]:
    """Those that do not keep to their bars."""
    return [figure for figure in figures if not figure.holds]
