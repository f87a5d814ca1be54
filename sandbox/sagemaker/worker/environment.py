"""An environment image: its folder of packages, and the server that images have, confined as SageMaker confines containers."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import archive, memory

SERVER = Path(__file__).resolve().parents[3] / "environment-image" / "server"
CONFINE = Path(__file__).with_name("confine.py")
INSIDE_PORT = 8080
PR_SET_PDEATHSIG = 1


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
                report({"port": port or event["port"]})
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
    if exceeded:
        return f"The container needed more than its {settings['memory']} MB of memory and was killed."
    if code in (-signal.SIGKILL, 128 + signal.SIGKILL):
        return f"The model was not loaded within {settings['seconds']} seconds."
    return f"The container ended with status {code}. {' '.join(last)}"


def event_of(line: str) -> dict[str, Any] | None:
    """A line of the server's own; a model prints what it likes."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and event.get("event") in ("ready", "failed") else None


def start(settings: dict[str, Any], env: Path, model: Path, enter: Callable[[], None]) -> tuple[subprocess.Popen[str], int | None]:
    """The container's process, and its port where that is known before it listens."""
    variables = {name: value for name, value in os.environ.items() if name not in ("HOME", "TMPDIR", "SAGEMAKER_BASE_DIR", "SAGEMAKER_MODEL_DIR", "SM_MODEL_DIR")}
    variables.update(SAGEMAKER_BIND_TO_HOST="127.0.0.1", PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1")

    def child_of_this() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        enter()

    common: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True, "preexec_fn": child_of_this}
    if not settings["confined"]:
        variables.update(MODEL_PATH=str(model), SAGEMAKER_BIND_TO_PORT="0")
        return subprocess.Popen([str(env / "bin" / "python"), "-s", str(SERVER / "serve.py")], env=variables, **common), None
    listener = None
    if settings["isolated"]:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.set_inheritable(True)
    variables.update(SAGEMAKER_BIND_TO_PORT=str(INSIDE_PORT if listener else 0))
    base = subprocess.run([str(env / "bin" / "python"), "-I", "-c", "import sys; print(sys.base_prefix)"], capture_output=True, text=True, check=True)
    home = base.stdout.strip()
    inner = {
        "binds": {str(env): str(env), **({} if home.startswith("/usr") else {home: home}), "/opt/serve": str(SERVER), "/opt/ml/model": str(model)},
        "listener": listener.fileno() if listener else None,
        "port": INSIDE_PORT,
        "command": [str(env / "bin" / "python"), "-s", "/opt/serve/serve.py"],
        "environment": variables,
        "root": os.geteuid() == 0,
    }
    spaces = ["--mount", "--ipc", "--uts", "--pid", "--fork", "--kill-child", *(["--net"] if listener else []), *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    command = ["unshare", *spaces, sys.executable, "-I", str(CONFINE), json.dumps(inner)]
    pass_fds = (listener.fileno(),) if listener else ()
    return subprocess.Popen(command, pass_fds=pass_fds, **common), listener.getsockname()[1] if listener else None
