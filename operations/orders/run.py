"""One run: messages to a sink at their time, summed as they go, with files beside them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from operations.orders.expected import Tally
from operations.orders.landing import Landing
from operations.orders.pacing import Pacer
from operations.orders.settings import Options
from operations.orders.sinks import Sink
from operations.orders.stream import Batch, OrderStream

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What a run has done."""

    tally: Tally
    complete: bool  # false if it was stopped
    arrived: int
    seconds: float
    most_behind: float  # seconds, of a paced run
    files: int


def run(
    options: Options,
    sink: Sink,
    landing: Landing | None = None,
    stopped: Callable[[], bool] = lambda: False,
    progress: Progress = lambda _: None,
) -> Done:
    """Sends all messages of a run, or those up to the moment when `stopped` says so.

    Raises:
        OrdersError: if a message did not arrive.
        LandingWriteError: if a landing file could not be written.
    """
    stream, tally = OrderStream(options), Tally()
    pacer = Pacer(sink.idle, stopped) if options.rate else None
    began = time.monotonic()
    moment = stream.start
    if landing:
        landing.show(stream.world, moment)
    try:
        for batch in stream.batches():
            sent = _send(batch, sink, pacer, stopped)
            tally.add(batch.rows[:sent])
            if sent:
                moment = batch.messages[sent - 1].moment
            if landing:
                landing.show(stream.world, int(batch.rows["moment"][0]))
                landing.follow(batch.rows[:sent], moment)
            progress(tally.messages)
            if stopped():
                break
        arrived = sink.finish()
    except BaseException:
        sink.abandon()
        raise
    if landing:
        landing.show(stream.world, moment, final=True)
        landing.flush(moment)
    return Done(
        tally=tally,
        complete=not stopped(),
        arrived=arrived,
        seconds=time.monotonic() - began,
        most_behind=pacer.most_behind if pacer else 0.0,
        files=landing.files if landing else 0,
    )


def _send(batch: Batch, sink: Sink, pacer: Pacer | None, stopped: Callable[[], bool]) -> int:
    """How many of the batch were handed over before it was stopped."""
    for sent, message in enumerate(batch.messages):
        if pacer:
            pacer.wait(message.moment)
        if stopped():
            return sent
        sink.put(message)
    return len(batch.messages)
