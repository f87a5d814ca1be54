"""AWS's TensorFlow inference image: TensorFlow Serving behind nginx, or behind the archive's own `code/inference.py`."""

import importlib.util
from typing import Protocol

from ..tfs import image, models, process
from ..tfs.nginx import Nginx
from ..tfs.python_service import PythonService
from . import api


def create(container: api.Container) -> "TensorFlowServing":
    """Prepare the container: find the SavedModels, and hide what the image does not have from the archive's code."""
    if importlib.util.find_spec("tensorflow") is None:
        raise api.ContainerError("TensorFlow is not installed here: it is not published for every platform.")
    servables = models.find(container.model_dir)
    code_dir = container.model_dir / "code"
    has_service = any((code_dir / name).exists() for name in ("inference.py", "requirements.txt", "lib"))
    if has_service:
        image.prepare(code_dir, container.isolated)
    return TensorFlowServing(container, servables, has_service)


class Front(Protocol):
    """What stands before the model server."""

    def invoke(self, request: api.Request) -> api.Response: ...


class TensorFlowServing:
    """SavedModels in a model server of their own, and what the image puts before it."""

    def __init__(self, container: api.Container, servables: list[models.Servable], has_service: bool) -> None:
        self._script = container.model_dir / "code" / "inference.py"
        self._servables = servables
        self._has_service = has_service
        self._front: Front | None = None

    def load(self) -> None:
        port = process.start(self._servables)
        default_model = self._servables[0].name
        script = self._script if self._script.exists() else None
        self._front = PythonService(script, port, default_model) if self._has_service else Nginx(port, default_model)

    def invoke(self, request: api.Request) -> api.Response:
        if self._front is None:
            self.load()
        assert self._front is not None
        return self._front.invoke(request)
