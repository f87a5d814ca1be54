"""Starts the process of a container: confined as SageMaker confines it where this machine can, else as a plain process."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONFINE = Path(__file__).with_name("confine.py")
INSIDE_PORT = 8080
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Rules:
    """How a container is confined."""

    confined: bool
    # Without any network.
    isolated: bool
    # Not as root.
    unprivileged: bool
    # Folders of this machine by their place inside.
    binds: Mapping[str, str]
    writable: Mapping[str, str] = field(default_factory=dict)
    # The container's interpreter, whose own installation it needs; none where `system` has it.
    python: str = ""
    # The file system that the container's own base is in: this machine's unless an image is run whole.
    system: str = "/"


def start(
    command: list[str],
    variables: Mapping[str, str],
    rules: Rules,
    enter: Callable[[], None],
    bind_to: Callable[[int], Mapping[str, str]],
    stdout: int | None = None,
) -> tuple[subprocess.Popen[str], int]:
    """The process, and the port that it answers on from outside. `bind_to` gives the variables that name its own port."""

    def child_of_this() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        enter()

    common: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": stdout, "text": True, "preexec_fn": child_of_this}
    if not (rules.confined and rules.isolated):
        port = free_port()
        variables = {**variables, **bind_to(port)}
        if not rules.confined:
            return subprocess.Popen(command, env=variables, **common), port
        return subprocess.Popen(confined(command, variables, rules, None), **common), port
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)
        inside = confined(command, {**variables, **bind_to(INSIDE_PORT)}, rules, listener.fileno())
        return subprocess.Popen(inside, pass_fds=(listener.fileno(),), **common), listener.getsockname()[1]


def confined(command: list[str], variables: Mapping[str, str], rules: Rules, listener: int | None) -> list[str]:
    root = os.geteuid() == 0
    settings = {
        "system": rules.system,
        "binds": {**installation(rules.python), **rules.binds},
        "writable": dict(rules.writable),
        "listener": listener,
        "port": INSIDE_PORT,
        "command": command,
        "environment": dict(variables),
        "unprivileged": rules.unprivileged and root,
    }
    spaces = ["--mount", "--ipc", "--uts", "--pid", "--fork", "--kill-child"]
    spaces += [] if listener is None else ["--net"]
    spaces += [] if root else ["--user", "--map-root-user"]
    return ["unshare", *spaces, sys.executable, "-I", str(CONFINE), json.dumps(settings)]


def installation(python: str) -> dict[str, str]:
    """The folder of an interpreter's own installation, unless the system's folders have it."""
    if not python:
        return {}
    asked = subprocess.run([python, "-I", "-c", "import sys; print(sys.base_prefix)"], capture_output=True, text=True, check=True)
    base = asked.stdout.strip()
    return {} if base.startswith("/usr") else {base: base}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ending(code: int, exceeded: bool, megabytes: int | None) -> str:
    """Why a container ended that should not have; its log has more."""
    if exceeded:
        return f"The container needed more than its {megabytes} MB of memory and was killed."
    return f"The container ended with status {code}."
