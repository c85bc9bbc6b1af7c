"""What dbt selects, in a process of its own: dbt leaves files open and settings behind.

Arguments: a folder for dbt's artifacts. Standard input: a list of argument lists of `dbt ls`.
Standard output: the ids that each lists, as JSON, and the macros of the project with the names of
their arguments.
"""

import json
import sys
from typing import Any

from dbt.cli.main import dbtRunner


def listed(folder: str, wanted: list[list[str]]) -> dict[str, Any]:
    """{ids: a list for each of `wanted`, macros: {name: [argument]}, nodes: {id: kind}}."""
    paths = ["--target-path", folder, "--log-path", folder, "--quiet"]
    parsed = dbtRunner().invoke(["parse", *paths])
    manifest: Any = parsed.result
    if not parsed.success:
        raise SystemExit(f"dbt parse: {parsed.exception}")
    runner = dbtRunner(manifest=manifest)
    found = []
    for arguments in wanted:
        answer = runner.invoke([*arguments, *paths])
        if not answer.success:
            raise SystemExit(f"dbt {' '.join(arguments)}: {answer.exception}")
        ids: Any = answer.result or ()
        found.append(sorted(json.loads(line)["unique_id"] for line in ids))
    macros = {
        name: [argument.name for argument in macro.arguments]
        for name, macro in manifest.macros.items()
        if macro.package_name == "lakeledger"
    }
    nodes = {node.unique_id: str(node.resource_type) for node in manifest.nodes.values()}
    return {"ids": found, "macros": macros, "nodes": nodes}


if __name__ == "__main__":
    answers = listed(sys.argv[1], json.load(sys.stdin))
    sys.stdout.write("\n" + json.dumps(answers) + "\n")
