"""Entry point of a worker process: `python -I -u main.py '{"kind": ..., "folder": ..., "archive": ...}'`.

`"program"` names another module of this package whose `serve` runs in the container's place.

Prints one line of JSON on stdout: `{"port": ...}` once it listens, or `{"stage": ..., "reason": ...}` if it cannot.
Ends when its stdin closes, so that it never outlives the server that started it; with `"inside"` it is the program in
a container.
"""

import importlib.util
import json
import os
import sys
import threading
import types
from pathlib import Path

PACKAGE = "_sandbox_worker"


def load_package() -> types.ModuleType:
    """Load the worker's modules under a name that no model's code uses, without putting their folder on sys.path."""
    folder = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    return package


def end_with_stdin() -> None:
    """Wait for the end of stdin on a thread of its own, then end the process at once."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def main() -> None:
    # What the model's code prints belongs into the log, not into the report that the parent reads.
    report = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    settings = json.loads(sys.argv[1])
    # Within a container it ends with the worker that started the container.
    if not settings.get("inside"):
        threading.Thread(target=end_with_stdin, daemon=True).start()
    sys.dont_write_bytecode = True
    load_package()
    serve = importlib.import_module(f"{PACKAGE}.{settings.get('program', 'container')}").serve

    def say(message: dict) -> None:
        report.write(json.dumps(message) + "\n")
        report.flush()

    code = serve(settings, say)
    sys.stderr.flush()
    # Not sys.exit: an orderly end would wait for whatever threads the model's libraries left.
    os._exit(code)


if __name__ == "__main__":
    main()
