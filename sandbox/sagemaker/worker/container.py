"""A container of an image that a file of `kinds/` imitates: unpacks the archive, and starts the program that listens."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import archive, container_process, memory

WORKER = Path(__file__).resolve().parent


def serve(settings: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> int:
    """Passes the program's report on, with the port that it has from outside."""
    folder = Path(settings["folder"])
    if settings["archive"] is not None:
        try:
            archive.unpack(Path(settings["archive"]), folder / "ml" / "model")
        except archive.BadArchive as error:
            report({"stage": "archive", "reason": str(error)})
            return 1
    # The model's code can read these: no more than the program needs.
    inside = {"program": "kinds.program", "inside": True, **{name: settings[name] for name in ("kind", "folder", "isolated")}}
    rules = container_process.Rules(
        confined=settings["confined"],
        isolated=settings["isolated"],
        # AWS's images run as root.
        unprivileged=False,
        binds={path: path for path in (str(WORKER), sys.prefix)},
        writable={str(folder): str(folder)},
        python=sys.executable,
    )
    with memory.limited(settings["memory"]) as enter:
        child, port = container_process.start(
            [sys.executable, "-I", "-u", str(WORKER / "main.py"), json.dumps(inside)],
            os.environ,
            rules,
            enter,
            lambda at: {"SAGEMAKER_BIND_TO_PORT": str(at)},
            subprocess.PIPE,
        )
        assert child.stdout is not None
        line = child.stdout.readline()
        if line:
            said = json.loads(line)
            report({"port": port} if "port" in said else said)
        code = child.wait()
        if not line:
            report({"stage": "container", "reason": container_process.ending(code, memory.exceeded(enter), settings["memory"])})
        return 1
