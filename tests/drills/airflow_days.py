"""Run by Airflow's own Python: loads the DAGs, and runs those that are named, once each.

Arguments: the folder of the DAGs, ids of DAGs. Last line of standard output: what came of it, JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import BundleDagBag


def main(folder: Path, wanted: list[str]) -> dict[str, Any]:
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    loaded = {
        name: {
            "cron": dag.timetable.expression,
            "after": {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks},
            "rules": {task.task_id: str(task.trigger_rule.value) for task in dag.tasks},
            "deferrable": all(task.deferrable for task in dag.tasks),
        }
        for name, dag in bag.dags.items()
    }
    runs = {}
    for name in wanted:
        run = bag.dags[name].test()
        tasks = {one.task_id: str(one.state) for one in run.get_task_instances()}
        runs[name] = {"state": str(run.state), "tasks": tasks}
    errors = {Path(path).name: text for path, text in bag.import_errors.items()}
    return {"errors": errors, "dags": loaded, "runs": runs}


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), sys.argv[2:])
    sys.stdout.write("\n" + json.dumps(found) + "\n")
