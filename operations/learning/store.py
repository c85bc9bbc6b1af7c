"""The one place that speaks with MLflow: runs, model versions, and which of them is in use.

The store is the one of MLFLOW_TRACKING_URI (on Databricks: `databricks`), else a file of SQLite
with the artifacts beside it, in <LAKELEDGER_HOME>/mlflow.
"""

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from operations.learning.candidate import Candidate, Champion, Decision
from operations.learning.drift import Reference
from operations.learning.errors import StoreUnreachable
from warehouse.settings import make_private

CHAMPION = "champion"
_EXPERIMENT = "lakeledger"
_REFERENCE = "reference.json"
_CARD = "model_card.md"
# Inferring them would start a process for half a minute.
_REQUIREMENTS = ("lakeledger", "scikit-learn", "skops", "numpy", "pandas")
# skops loads plain arrays and estimators; these are named, as code of ours and of scikit-learn.
_TRUSTED = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "operations.learning.segments.Segments",
    "operations.learning.recommendations.Recommender",
)


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a candidate was put."""

    run_id: str
    version: str


class Store:
    """A tracking store with its registry of models. ``home`` is used where no URI is given."""

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        """Opens the store; the first time makes it.

        Raises:
            StoreUnreachable: if that does not work.
        """
        given = (os.environ if environment is None else environment).get("MLFLOW_TRACKING_URI")
        self.folder = home / "mlflow"
        self.uri = given or f"sqlite:///{self.folder / 'mlflow.db'}"
        self._catalog = (os.environ if environment is None else environment).get(
            "DATABRICKS_CATALOG", "lakeledger"
        )
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        with self._reached():
            import mlflow
            from mlflow.utils.logging_utils import disable_logging

            disable_logging()
            if not given:
                make_private(self.folder)
            mlflow.set_tracking_uri(self.uri)
            self._mlflow, self._client = mlflow, mlflow.MlflowClient(self.uri)
            self._experiment = self._experiment_id(None if given else self.folder / "artifacts")

    def model_name(self, model: str, shop: str) -> str:
        """As the registry calls it: Unity Catalog names catalog and schema."""
        if self.uri.startswith("databricks"):
            return f"{self._catalog}.learning.{model}_{shop}"
        return f"lakeledger_{model}_{shop}"

    def champion(self, model: str, shop: str) -> Champion | None:
        """The version in use, or None where none is.

        Raises:
            StoreUnreachable: if the store does not answer.
        """
        from mlflow.exceptions import MlflowException

        name = self.model_name(model, shop)
        with self._reached():
            try:
                version = self._client.get_model_version_by_alias(name, CHAMPION)
            except MlflowException as error:
                if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                    return None
                raise
            estimator = self._mlflow.sklearn.load_model(f"models:/{name}/{version.version}")
            reference: Reference = self._mlflow.artifacts.load_dict(
                f"runs:/{version.run_id}/{_REFERENCE}"
            )
            cutoff = self._client.get_run(version.run_id).data.params["cutoff"]
        return Champion(str(version.version), date.fromisoformat(cutoff), estimator, reference)

    def save(self, candidate: Candidate, shop: str, decision: Decision, card: str) -> Saved:
        """Keeps a candidate, promoted or not; it is in use only after promote().

        Raises:
            StoreUnreachable: if the store does not answer.
        """
        from mlflow.models import infer_signature

        with self._reached(), self._mlflow.start_run(
            experiment_id=self._experiment, run_name=f"{candidate.model} {shop} {candidate.cutoff}"
        ) as run:  # fmt: skip
            self._mlflow.log_params({**candidate.parameters, "cutoff": str(candidate.cutoff)})
            self._mlflow.log_metrics(_metrics(candidate))
            self._mlflow.set_tags({"status": decision.status, "reason": decision.reason})
            self._mlflow.log_dict(dict(candidate.reference), _REFERENCE)
            self._mlflow.log_text(card, _CARD)
            logged = self._mlflow.sklearn.log_model(
                candidate.estimator,
                name="model",
                pip_requirements=list(_REQUIREMENTS),
                serialization_format="skops",
                skops_trusted_types=list(_TRUSTED),
                signature=infer_signature(
                    candidate.example, candidate.estimator.predict(candidate.example)
                ),
                registered_model_name=self.model_name(candidate.model, shop),
            )
        return Saved(run.info.run_id, str(logged.registered_model_version))

    def promote(self, model: str, shop: str, version: str) -> None:
        """Takes a version into use.

        Raises:
            StoreUnreachable: if the store does not answer.
        """
        with self._reached():
            name = self.model_name(model, shop)
            self._client.set_registered_model_alias(name, CHAMPION, version)

    def _experiment_id(self, artifacts: Path | None) -> str:
        found = self._client.get_experiment_by_name(self._experiment_name())
        if found is None:
            where = None if artifacts is None else artifacts.as_uri()
            return str(self._client.create_experiment(self._experiment_name(), where))
        return str(found.experiment_id)

    def _experiment_name(self) -> str:
        return f"/Shared/{_EXPERIMENT}" if self.uri.startswith("databricks") else _EXPERIMENT

    @contextmanager
    def _reached(self) -> Iterator[None]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # MLflow warns of its own parts while they load
            from mlflow.exceptions import MlflowException
            from sqlalchemy.exc import SQLAlchemyError
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except (MlflowException, SQLAlchemyError, OSError) as error:
            said = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise StoreUnreachable(
                f"The tracking store {self.uri} does not answer: {said} "
                "Is MLFLOW_TRACKING_URI right?"
            ) from error


def _metrics(candidate: Candidate) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in candidate.comparisons:
        for who, interval in (("", one.model), (f"_{one.baseline_name}", one.baseline),
                              ("_difference", one.difference)):  # fmt: skip
            name = f"{one.metric}{who}"
            found |= {name: interval.value, f"{name}_low": interval.low,
                      f"{name}_high": interval.high}  # fmt: skip
    if candidate.against_champion is not None:
        found["against_champion"] = candidate.against_champion.value
    return found
