"""The container: from an archive to a server that answers."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import archive, isolation, server
from .kinds import api

Report = Callable[[dict[str, Any]], None]


def serve(settings: dict[str, Any], report: Report) -> int:
    """Unpack, prepare, listen. Returns the exit code; while the server runs, the process ends with its stdin."""
    folder = Path(settings["folder"])
    base = folder / "ml"
    model_dir = base / "model"
    if settings["archive"] is not None:
        try:
            archive.unpack(Path(settings["archive"]), model_dir)
        except archive.BadArchive as error:
            report({"stage": "archive", "reason": str(error)})
            return 1
    isolated = settings.get("isolated", False)
    if isolated:
        isolation.isolate()
    try:
        kind = importlib.import_module(f"{__package__}.kinds.{settings['kind']}")
        handler = kind.create(api.Container(model_dir=model_dir, isolated=isolated))
    except api.ContainerError as error:
        report({"stage": "container", "reason": str(error)})
        return 1
    http = server.listen(handler)
    report({"port": http.server_port})
    http.serve_forever()
    return 0
