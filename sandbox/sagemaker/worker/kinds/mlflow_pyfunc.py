"""The image that `mlflow sagemaker build-and-push-container` builds: MLflow's own scoring server on a model's folder.

The image installs the model's requirements when it starts (mlflow/models/container); here they have to be installed.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

from .. import asgi, requirements
from . import api


def create(container: api.Container) -> "MlflowPyfunc":
    """Prepare the container: the archive is a model's folder, and what the model needs is installed."""
    if not (container.model_dir / "MLmodel").is_file():
        raise api.ContainerError("The archive has no MLmodel at its root: it is no MLflow model.")
    # The image of one model has all that it needs already, and installs nothing.
    if os.environ.get("MLFLOW_DISABLE_ENV_CREATION", "false").lower() not in ("true", "1"):
        unmet = requirements.problems(container.model_dir / "requirements.txt", container.isolated)
        if unmet:
            raise api.ContainerError("requirements.txt: " + " ".join(unmet))
    return MlflowPyfunc(container.model_dir)


class MlflowPyfunc:
    """A model behind MLflow's scoring server."""

    def __init__(self, model_dir: Path) -> None:
        self._model_dir = model_dir
        self._app: Any = None

    def load(self) -> None:
        # Imported here: mlflow takes seconds, and the health check waits for the model, not for the container.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        from mlflow.models import Model
        from mlflow.pyfunc import scoring_server

        if "python_function" not in Model.load(self._model_dir).flavors:
            raise ValueError("This container only supports models with the PyFunc flavors.")
        self._app = scoring_server.init(scoring_server.load_model_with_mlflow_config(str(self._model_dir)))

    def invoke(self, request: api.Request) -> api.Response:
        if self._app is None:
            self.load()
        return asyncio.run(asgi.post(self._app, "/invocations", request))
