"""Stands in for tensorflow_model_server: SavedModels behind TensorFlow Serving's REST API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def serve(settings: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> int:
    """Load every version of every model, listen, serve. Returns the exit code when a model cannot be loaded."""
    # TensorFlow is imported in the process of the model server only.
    from .rest import listen
    from .saved_model import SavedModel

    models: dict[str, dict[int, SavedModel]] = {}
    for name, versions in settings["models"].items():
        for version, folder in versions.items():
            try:
                models.setdefault(name, {})[int(version)] = SavedModel(Path(folder))
            except Exception as error:
                reason = f"TensorFlow Serving could not load version {version} of {name}: {error}"
                report({"stage": "container", "reason": reason})
                return 1
    http = listen(models)
    report({"port": http.server_port})
    http.serve_forever()
    return 0
