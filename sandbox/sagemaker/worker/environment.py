"""An environment image: its folder of packages, and the server that images have, confined as SageMaker confines containers."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import archive, container_process, memory

SERVER = Path(__file__).resolve().parents[3] / "environment-image" / "server"
# Variables of the worker that an image does not have.
NOT_IN_THE_IMAGE = ("HOME", "TMPDIR", "SAGEMAKER_BASE_DIR")


def serve(settings: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> int:
    """Unpacks the model, starts the server, and says its port once the model is loaded."""
    folder = Path(settings["folder"])
    model = folder / "ml" / "model"
    if settings["archive"] is not None:
        try:
            archive.unpack(Path(settings["archive"]), model)
        except archive.BadArchive as error:
            report({"stage": "archive", "reason": str(error)})
            return 1
    env = Path(settings["image"]) / "env"
    if not (env / "bin" / "python").exists():
        report({"stage": "container", "reason": f"The image is not on this machine: {env} is missing."})
        return 1
    # SageMaker's containers do not read what another user must not.
    for path in [model, *model.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    with memory.limited(settings["memory"]) as enter:
        child, port = start(settings, env, model, enter)
        timer = threading.Timer(settings["seconds"], child.kill)
        timer.start()
        last: list[str] = []
        said = None
        assert child.stdout is not None
        for line in child.stdout:
            event = event_of(line)
            if event is not None and event["event"] == "ready":
                timer.cancel()
                report({"port": port})
                said = "ready"
            elif event is not None and event["event"] == "failed":
                report({"stage": "container", "reason": f"{event['error']}: {event['message']}"})
                said = "failed"
            sys.stderr.write(line)
            last = [*last[-9:], line.strip()]
        code = child.wait()
        timer.cancel()
        if said is None:
            report({"stage": "container", "reason": ending(code, settings, memory.exceeded(enter), last)})
        return 1


def ending(code: int, settings: dict[str, Any], exceeded: bool, last: list[str]) -> str:
    if not exceeded and code in (-signal.SIGKILL, 128 + signal.SIGKILL):
        return f"The model was not loaded within {settings['seconds']} seconds."
    return f"{container_process.ending(code, exceeded, settings['memory'])} {' '.join(last)}".strip()


def event_of(line: str) -> dict[str, Any] | None:
    """A line of the server's own; a model prints what it likes."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and event.get("event") in ("ready", "failed") else None


def start(settings: dict[str, Any], env: Path, model: Path, enter: Callable[[], None]) -> tuple[subprocess.Popen[str], int]:
    """The container's process, and its port."""
    variables = {name: value for name, value in os.environ.items() if name not in NOT_IN_THE_IMAGE}
    variables.update(SAGEMAKER_BIND_TO_HOST="127.0.0.1", PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1")
    confined = settings["confined"]
    if not confined:
        variables["MODEL_PATH"] = str(model)
    rules = container_process.Rules(
        confined=confined,
        isolated=settings["isolated"],
        unprivileged=True,
        binds={str(env): str(env), "/opt/serve": str(SERVER), "/opt/ml/model": str(model)},
        python=str(env / "bin" / "python"),
    )
    command = [str(env / "bin" / "python"), "-s", "/opt/serve/serve.py" if confined else str(SERVER / "serve.py")]
    return container_process.start(command, variables, rules, enter, lambda port: {"SAGEMAKER_BIND_TO_PORT": str(port)}, subprocess.PIPE)
