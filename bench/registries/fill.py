"""Fill the registry of a real MLflow server by SQL: as many models as this would take a day to register one by one.

Usage: fill.py <mlflow.db>, with one model in JSON on each line of stdin, as generate.ts makes them. The tables are the server's own.
"""

import json
import sqlite3
import sys
from typing import Any, Iterator

WORKSPACE = "default"
Row = tuple[Any, ...]

MODEL = "INSERT INTO registered_models (workspace, name, creation_time, last_updated_time, description) VALUES (?, ?, ?, ?, '')"
MODEL_TAG = "INSERT INTO registered_model_tags (workspace, name, key, value) VALUES (?, ?, ?, ?)"
ALIAS = "INSERT INTO registered_model_aliases (workspace, name, alias, version) VALUES (?, ?, ?, ?)"
VERSION = (
    "INSERT INTO model_versions (workspace, name, version, creation_time, last_updated_time, description, current_stage,"
    " source, run_id, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
VERSION_TAG = "INSERT INTO model_version_tags (workspace, name, version, key, value) VALUES (?, ?, ?, ?, ?)"


def rows(model: dict[str, Any]) -> Iterator[tuple[str, Row]]:
    """Give the statements that make a model, parents before children."""
    name = model["name"]
    yield MODEL, (WORKSPACE, name, 1, 1)
    for key, value in model["tags"].items():
        yield MODEL_TAG, (WORKSPACE, name, key, value)
    for version in model["versions"]:
        number, created = int(version["version"]), version["creationTimestamp"]
        yield VERSION, (
            *(WORKSPACE, name, number, created, created),
            *(version["description"], version["stage"], version["source"], version["runId"], version["status"]),
        )
        for key, value in version["tags"].items():
            yield VERSION_TAG, (WORKSPACE, name, number, key, value)
    for alias in model["aliases"]:
        yield ALIAS, (WORKSPACE, name, alias["alias"], int(alias["version"]))


def main() -> None:
    """Write everything in one transaction."""
    with sqlite3.connect(sys.argv[1]) as database:
        for line in sys.stdin:
            for statement, values in rows(json.loads(line)):
                database.execute(statement, values)


if __name__ == "__main__":
    main()
