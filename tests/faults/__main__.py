"""`make faults`: many sequences, round after round; a failure is made small and told."""

import json
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing as closes
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.faults import closing
from tests.faults.closing import Month, play_close
from tests.faults.faults import Cut, Fault, FileFault
from tests.faults.plant import Plant
from tests.faults.play import NotAtRest, play
from tests.faults.rounds import Round, round_of
from tests.faults.shrink import shrunk

_PER_ROUND = 16
# A month of this many accounts is closed after so many rounds.
_CLOSED, _ROUNDS_PER_CLOSE = 3, 4
_console = Console(highlight=False, soft_wrap=True)


def faults(
    sequences: Annotated[int, typer.Option(help="How many to play.")] = 200,
    seed: Annotated[int, typer.Option(help="What everything is drawn from.")] = 1,
    first: Annotated[int, typer.Option(help="Round to begin with.")] = 0,
    only: Annotated[int | None, typer.Option(help="Play this round and no other.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write the figures here, as JSON.")] = None,
) -> None:
    """Plays fault sequences; exit code 1 if anything was lost, came twice, or did not end."""
    logging.getLogger("databricks").setLevel(logging.CRITICAL)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    numbers = [only] if only is not None else list(_numbers(sequences, first))
    started, figures = time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="lakeledger-faults-") as folder:
        failing = _play_all(Path(folder), seed, numbers, figures)
        if failing is not None:
            _tell_smallest(Path(folder), seed, failing)
            raise typer.Exit(1)
    figures["seconds"] = round(time.monotonic() - started)
    _console.print(f"[green]{figures['sequences']} sequences, nothing lost, nothing twice.")
    if output is not None:
        output.write_text(json.dumps(dict(sorted(figures.items())), indent=2) + "\n")


def _numbers(sequences: int, first: int) -> Sequence[int]:
    count, number = 0, first
    while count < sequences:
        count += _PER_ROUND + (_CLOSED if number % _ROUNDS_PER_CLOSE == 0 else 0)
        number += 1
    return range(first, number)


def _play_all(
    folder: Path, seed: int, numbers: Sequence[int], figures: Counter[str]
) -> Round | None:
    """Plays the rounds one after another in one plant; the first that fails, or none."""
    with closes(Plant(_made(folder / "plant")).open()) as plant:
        for number in numbers:
            played = round_of(seed, number, _PER_ROUND)
            found = _differences(plant, played)
            _console.print(f"round {number}: {len(played.faults)} faults, {_verdict(found)}")
            if found:
                return played
            figures["sequences"] += _PER_ROUND
            figures.update(_kinds(played.faults))
    for number in (n for n in numbers if n % _ROUNDS_PER_CLOSE == 0):
        home = _made(folder / f"close-{number}")
        with closes(Plant(home, closing.MODELS).open()) as plant:
            found = play_close(plant, Month(seed * 1000 + number, _CLOSED))
        _console.print(f"close {number}: {_verdict(found)}")
        if found:
            raise typer.Exit(1)
        figures["sequences"] += _CLOSED
        figures["months closed"] += _CLOSED
    return None


def _differences(plant: Plant, played: Round) -> list[str]:
    try:
        return play(plant, played.world, played.faults)
    except NotAtRest as stuck:
        return [f"does not come to rest: {stuck}"]


def _tell_smallest(folder: Path, seed: int, failing: Round) -> None:
    _console.print(f"looking for the smallest sequence (seed {seed}) …")
    tries = 0

    def fails(some: Round) -> bool:
        nonlocal tries
        tries += 1
        with closes(Plant(_made(folder / f"try-{tries}")).open()) as plant:
            return bool(_differences(plant, some))

    found = shrunk(failing, fails)
    _console.print(
        f"[red]fails with seed {seed}, world {found.world.name}, accounts"
        f" {', '.join(found.world.accounts)}:"
    )
    for fault in found.faults:
        _console.print(f"  {fault}")


def _kinds(befallen: Sequence[Fault]) -> Counter[str]:
    return Counter(
        f"file {fault.kind}"
        if isinstance(fault, FileFault)
        else "region cut"
        if isinstance(fault, Cut)
        else f"{fault.step} {fault.kind}"
        for fault in befallen
    )


def _verdict(found: Sequence[str]) -> str:
    return "[green]as without them" if not found else "[red]" + "; ".join(found)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    typer.run(faults)
