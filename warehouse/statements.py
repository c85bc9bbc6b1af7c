"""One statement on its way: it runs in a worker thread and can be waited for and canceled."""

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Literal

import structlog
from pyspark import SparkContext

from warehouse.failures import CANCELED, Failure, failure_of
from warehouse.results import Result

State = Literal["pending", "running", "finished", "failed", "canceled"]
_log = structlog.get_logger("warehouse.statements")


class Statement:
    """The work of one ExecuteStatement or metadata call; its job group bears its id."""

    def __init__(self, context: SparkContext, text: str, work: Callable[[], Result]) -> None:
        self.id = secrets.token_bytes(16)
        self.secret = secrets.token_bytes(16)
        self.text = text
        self.state: State = "pending"
        self.result: Result | None = None
        self.failure: Failure | None = None
        self.started = time.time()
        self._context = context
        self._work = work
        self._lock = threading.Lock()
        self._done = threading.Event()

    @property
    def group(self) -> str:
        """The name of the job group in which its Spark jobs run."""
        return self.id.hex()

    @property
    def over(self) -> bool:
        """Whether it has come to an end, good or bad."""
        return self._done.is_set()

    def start(self, executor: Executor) -> None:
        """Hands the work to a worker thread."""
        executor.submit(self._run)

    def wait(self, seconds: float) -> bool:
        """Waits for the end for so long; whether it has come."""
        return self._done.wait(seconds)

    def cancel(self) -> None:
        """Stops the work: its running jobs are killed and it starts no more of them."""
        with self._lock:
            if self._done.is_set():
                return
            self._end("canceled", failure=Failure(CANCELED, "HY008"))
        self._context._jsc.sc().cancelJobGroupAndFutureJobs(self.group)

    def _run(self) -> None:
        with self._lock:
            if self._done.is_set():
                return
            self.state = "running"
        try:
            self._context.setJobGroup(self.group, "", interruptOnCancel=True)
            try:
                result = self._work()
            finally:
                self._context._jsc.clearJobGroup()
        except Exception as error:  # whatever it is, the client is told and the server goes on
            failure = failure_of(error)
            _log.debug("statement failed", id=self.group, message=failure.message)
            with self._lock:
                if not self._done.is_set():
                    self._end("failed", failure=failure)
            return
        with self._lock:
            if not self._done.is_set():
                self._end("finished", result=result)

    def _end(
        self, state: State, *, result: Result | None = None, failure: Failure | None = None
    ) -> None:
        self.state, self.result, self.failure = state, result, failure
        self._done.set()
