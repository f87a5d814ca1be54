"""AWS's scikit-learn and XGBoost images in script mode: AWS's own toolkit in an environment that is equal to the image's.

As in the image, the toolkit installs the script with the image's pip and its build isolation, then gunicorn starts, and the first
request of the worker loads the model.
"""

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import archive, container_process, framework_environment, memory

MODULE = Path(__file__).with_name("framework_module")
START = "from sagemaker_containers.beta.framework import env, server; server.start(env.ServingEnv().framework_module)"


def serve(settings: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> int:
    """Unpacks, makes the environment, starts the toolkit, and says its port once it answers anything."""
    folder = Path(settings["folder"])
    base = folder / "ml"
    if settings["archive"] is not None:
        try:
            archive.unpack(Path(settings["archive"]), base / "model")
        except archive.BadArchive as error:
            report({"stage": "archive", "reason": str(error)})
            return 1
    env = folder / "env"
    try:
        made = framework_environment.ensure(settings["framework"], Path(settings["cache"]), settings["machine"])
        framework_environment.copy(made, env)
    except framework_environment.Failed as error:
        report({"stage": "container", "reason": f"{error.reason} {error.fix}".strip()})
        return 1
    variables = {
        **os.environ,
        # As the image reaches PyPI, if it has a network.
        **({} if settings["isolated"] else for_pip(settings["machine"])),
        "PATH": f"{env / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(MODULE),
        "HOME": str(folder),
        "TMPDIR": "/tmp",
        "SAGEMAKER_BASE_DIR": str(base),
        "SAGEMAKER_SERVING_MODULE": "sandbox_framework_serving:main",
        "SAGEMAKER_USE_NGINX": "false",
        # On a machine the toolkit would find SageMaker's training files, and log as it does in training.
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/json"),
    }
    (folder / "tmp").mkdir(exist_ok=True)
    with memory.limited(settings["memory"]) as enter:
        child, port = container_process.start(
            [str(env / "bin" / "python"), "-c", START],
            variables,
            container_process.Rules(
                confined=settings["confined"],
                isolated=settings["isolated"],
                # AWS's images run as root, and their toolkit writes beside its own files.
                unprivileged=False,
                binds={str(MODULE): str(MODULE)},
                writable={str(folder): str(folder)},
                python=str(env / "bin" / "python"),
            ),
            enter,
            lambda at: {"SAGEMAKER_BIND_TO_PORT": str(at)},
        )
        # SageMaker asks for /ping until this time; nothing listens while pip works.
        if listens(child, port, settings["seconds"]):
            report({"port": port})
            child.wait()
        elif child.poll() is None:
            child.kill()
            report({"stage": "container", "reason": f"Nothing listened within {settings['seconds']} seconds."})
        else:
            report({"stage": "container", "reason": container_process.ending(child.returncode, memory.exceeded(enter), settings["memory"])})
        return 1


def for_pip(machine: dict[str, str]) -> dict[str, str]:
    """Variables by which the image's pip reaches PyPI. The model's code sees them too: addresses have no passwords."""
    return {name: re.sub(r"(^|//)[^/\s]*@", r"\1", value) for name, value in machine.items() if not re.match("(uv|npm)_", name, re.IGNORECASE)}


def listens(child: subprocess.Popen[str], port: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.poll() is None:
        try:
            # Any path that loads no model.
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.settimeout(0.2)
                if still_open(probe):
                    return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def still_open(probe: socket.socket) -> bool:
    """A relay accepts before there is a server behind it, and then closes."""
    try:
        return probe.recv(1) != b""
    except TimeoutError:
        return True
