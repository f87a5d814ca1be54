"""The program in a container of an imitated image: prepares the model, and listens."""

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import server
from . import api


def serve(settings: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> int:
    folder = Path(settings["folder"])
    os.chdir(folder)
    try:
        kind = importlib.import_module(f"{__package__}.{settings['kind']}")
        handler = kind.create(api.Container(model_dir=folder / "ml" / "model", isolated=settings["isolated"]))
    except api.ContainerError as error:
        report({"stage": "container", "reason": str(error)})
        return 1
    http = server.listen(handler, int(os.environ["SAGEMAKER_BIND_TO_PORT"]))
    report({"port": http.server_port})
    http.serve_forever()
    return 0
