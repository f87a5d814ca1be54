"""The model server as a process of its own, as in the image: a script that serves beside it cannot reach into it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .models import Servable

MAIN = Path(__file__).resolve().parent.parent / "main.py"
PROGRAM = "tfs.server"


class LoadError(Exception):
    """The model server could not load a model."""


def start(servables: list[Servable]) -> int:
    """Start the model server, wait until its models are loaded, and give its port. It ends with this process."""
    models = {
        servable.name: {str(version): str(folder) for version, folder in servable.versions.items()}
        for servable in servables
    }
    settings = json.dumps({"program": PROGRAM, "models": models})
    # The server ends when its stdin closes; it is this process's to hold, and nobody writes to it.
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": ""}
    process = subprocess.Popen(
        [sys.executable, "-I", "-u", str(MAIN), settings],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise LoadError(f"The model server ended with code {process.wait()}.")
    report = json.loads(line)
    if "port" not in report:
        raise LoadError(report["reason"])
    _kept.append(process)
    return report["port"]


# A Popen object that is collected would close the pipe.
_kept: list[subprocess.Popen[str]] = []
