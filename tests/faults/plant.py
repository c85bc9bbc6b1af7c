"""The processes of a pipeline over one home, and the faults that can be done to them at work."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from tenacity import wait_random

from ingestion.settings import Settings
from ingestion.sources import Source, load_sources
from ingestion.stream import SourceResult
from operations.dbt import PROJECT, DbtFailed
from operations.live.service import free_ports
from operations.pipeline import WITHOUT_TESTS
from operations.retries import run_dbt_patiently
from tests.faults.faults import WorkFault
from tests.faults.workers import limit_files, serve_ingestion
from tests.scenarios.dbt_worker import serve_dbt
from tests.workers import Died, Worker
from warehouse import lifecycle
from warehouse.settings import Settings as WarehouseSettings
from warehouse.settings import cache_directory

# The money of usage, and silver of two sources more.
MODELS = ("+fct_usage_daily", "stg_platform__audit_logs", "stg_platform__billable_usage")
# Models of what no world delivers: once built, they need not run again.
SILENT = (
    *("stg_platform__cloudtrail_events", "stg_platform__cluster_events"),
    *("stg_platform__cluster_metrics", "stg_platform__job_runs", "stg_platform__job_task_runs"),
)
DELIVERED = (
    *("billing_usage", "billable_usage", "audit_logs"),
    *("delivery_manifests", "list_prices", "workspaces"),
)
_KILLED = -9
# What a step takes before it has been seen once, in seconds.
_USUAL = {"ingest": 5.0, "dbt": 15.0}
_COMMAND_SECONDS = 12.0


class Plant:
    """Ingestion, warehouse and dbt over a home, each a process that can die."""

    def __init__(self, home: Path, models: Sequence[str] = MODELS) -> None:
        self.home = home
        (home / "landing").mkdir(parents=True)
        self._models = models
        self._cache = cache_directory()
        self._warehouse = WarehouseSettings(home=home, cache=self._cache, port=free_ports(1)[0])
        self._ingestion = Worker(serve_ingestion, home / "ingest-1", self._cache)
        self._other_ingestion = Worker(serve_ingestion, home / "ingest-2", self._cache)
        self._dbt = Worker(serve_dbt)
        self._other_dbt = Worker(serve_dbt)
        self._seconds = dict(_USUAL)
        self._sources = load_sources(PROJECT / "models")
        self.connection = lifecycle.start(self._warehouse)

    def open(self) -> "Plant":
        """Makes every table, so that a round need not."""
        results = self._ingest(self._ingestion, self._sources)
        assert not [result for result in results if result.status == "failed"], results
        failed = self._run_dbt(self._dbt, ["build", *WITHOUT_TESTS, "--select", *self._models])
        assert failed is None, failed
        return self

    def close(self) -> None:
        for worker in (self._ingestion, self._other_ingestion, self._dbt, self._other_dbt):
            worker.stop()
        lifecycle.stop(self._warehouse)

    def ingest(self, fault: WorkFault | None = None) -> tuple[SourceResult, ...]:
        """Takes in what has landed; no results where the process died."""
        sources = [source for source in self._sources if source.name in DELIVERED]
        if fault is not None and fault.kind.startswith("checkpoint"):
            self._damage(fault)
            fault = None
        self._keep_copies()
        if fault is None:
            return self._timed("ingest", lambda: self._ingest(self._ingestion, sources))
        if fault.kind == "second process":
            return self._beside(
                lambda: self._ingest(self._other_ingestion, sources),
                lambda: self._ingest(self._ingestion, sources),
            )
        self._ingestion.warm()
        with suppress(Died), self._befallen(fault, self._ingestion):
            return self._ingest(self._ingestion, sources)
        return ()

    def build(self, fault: WorkFault | None = None) -> DbtFailed | None:
        """Builds silver and gold; gives how dbt failed, if it did."""
        command = ["run", "--select", *self._models, "--exclude", *SILENT]
        if fault is None:
            return self._timed("dbt", lambda: self._run_dbt(self._dbt, command))
        if fault.kind == "second process":
            return self._beside(
                lambda: self._run_dbt(self._other_dbt, command, "-other"),
                lambda: self._run_dbt(self._dbt, command),
            )
        if fault.kind == "optimize":
            return self._beside(self._optimize, lambda: self._run_dbt(self._dbt, command))
        self._dbt.warm()
        with self._befallen(fault, self._dbt):
            return self._run_dbt(self._dbt, command)

    @property
    def environment(self) -> dict[str, str]:
        """What a command finds in its environment to work here."""
        return {"LAKELEDGER_HOME": str(self.home), "LAKELEDGER_CACHE": str(self._cache)}

    @contextmanager
    def struck(self, kind: str, share: float, pid: int) -> Iterator[None]:
        """While inside, a command is killed, or the warehouse below it, after a share of 12 s."""
        timer = threading.Timer(share * _COMMAND_SECONDS, self._strike_command, (kind, pid))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _strike_command(self, kind: str, pid: int) -> None:
        if kind == "killed":
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        elif kind == "endpoint gone":
            self._lose_warehouse()

    def restart(self) -> None:
        """The warehouse, stopped and started."""
        lifecycle.stop(self._warehouse)
        self._connected()

    def mend(self, source: str) -> None:
        """What the documentation says of a checkpoint that cannot be read: delete it."""
        shutil.rmtree(self._checkpoint(source), ignore_errors=True)

    def clear_landing(self) -> None:
        """What producers do with files that have long been taken: they archive them."""
        shutil.rmtree(self.home / "landing" / "platform")

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        self._connected()
        with closing(self.connection.connect()) as client, closing(client.cursor()) as cursor:
            cursor.execute(statement, values or None)
            return [tuple(row) for row in cursor.fetchall()]

    def _ingest(self, worker: Worker, sources: Sequence[Source]) -> tuple[SourceResult, ...]:
        settings = Settings(
            landing=str(self.home / "landing"),
            checkpoints=str(self.home / "checkpoints"),
            tables=self.home / "external",
            settle_seconds=0,
            # Several micro-batches a run: there is more to be killed between.
            max_files=15,
            try_now=True,
        )
        results: tuple[SourceResult, ...] = worker(sources, settings)
        return results

    def _run_dbt(self, worker: Worker, command: Sequence[str], name: str = "") -> DbtFailed | None:
        self._connected()
        try:
            run_dbt_patiently(
                command,
                warehouse=self.connection.dbt_environment(),
                target=self.home / f"target{name}",
                log=self.home / "logs" / f"dbt{name}.log",
                execute=lambda *work: _exit_code(worker, *work),
                wait=wait_random(0.2, 2.0),
            )
        except DbtFailed as failed:
            return failed
        return None

    def _timed(self, step: str, work: Any) -> Any:
        started = time.monotonic()
        result = work()
        self._seconds[step] = time.monotonic() - started
        return result

    def _beside(self, other: Any, work: Any) -> Any:
        """Both at once; gives the result of `work`."""
        beside = threading.Thread(target=other)
        beside.start()
        try:
            return work()
        finally:
            beside.join()

    @contextmanager
    def _befallen(self, fault: WorkFault, worker: Worker) -> Iterator[None]:
        """While inside, the fault happens after its share of the step's usual time."""
        timer = threading.Timer(fault.at * self._seconds[fault.step], self._strike, (fault, worker))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            for pid in (worker.pid, self.connection.pid):
                if pid is not None:
                    limit_files(pid, None)

    def _strike(self, fault: WorkFault, worker: Worker) -> None:
        if fault.kind == "killed":
            worker.kill()
        elif fault.kind == "orphaned":
            worker.kill(group=False)
        elif fault.kind == "endpoint gone":
            self._lose_warehouse()
        elif fault.kind == "disk full":
            pid = worker.pid if fault.step == "ingest" else self.connection.pid
            if pid is not None:
                limit_files(pid, 200 + fault.roll % 20_000)

    def _connected(self) -> None:
        """A warehouse that is gone is started again; a command may have done so, too."""
        self.connection = lifecycle.start(self._warehouse)

    def _lose_warehouse(self) -> None:
        os.killpg(self.connection.pid, signal.SIGKILL)
        while lifecycle.status(self._warehouse) is not None:
            time.sleep(0.1)
        # Back before its clients give up: they are told that they are strangers now.
        self._connected()

    def _damage(self, fault: WorkFault) -> None:
        random = Random(fault.roll)
        folder = self._checkpoint(random.choice(DELIVERED))
        if fault.kind == "checkpoint deleted":
            shutil.rmtree(folder, ignore_errors=True)
            return
        if fault.kind == "checkpoint put back":
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(FileNotFoundError):
                shutil.copytree(self._copies / folder.name, folder)
            return
        files = sorted(
            path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
        )
        if files:
            path = random.choice(files)
            content = path.read_bytes()
            path.write_bytes(content[: random.randrange(len(content) + 1)])
            # Spark looks at a checksum beside the file, where there is one.
            path.with_name(f".{path.name}.crc").unlink(missing_ok=True)

    def _keep_copies(self) -> None:
        """Checkpoints as they are before this run, to be put back by mistake in a later one."""
        shutil.rmtree(self._copies, ignore_errors=True)
        # What an orphan still writes may be there in half, as in any copy.
        with suppress(FileNotFoundError, shutil.Error):
            shutil.copytree(self.home / "checkpoints", self._copies)

    @property
    def _copies(self) -> Path:
        return self.home / "older-checkpoints"

    def _checkpoint(self, source: str) -> Path:
        return self.home / "checkpoints" / source

    def _optimize(self) -> None:
        tables = ("silver.stg_platform__billing_usage", "gold_billing.fct_usage_daily")
        for _ in range(3):
            for table in tables:
                # It is the one that loses now and then: that is its business.
                with suppress(Exception):
                    self.rows(f"optimize {table}")


def _exit_code(
    worker: Worker, arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> int:
    try:
        return int(worker(list(arguments), dict(environment), log))
    except Died:
        return _KILLED
