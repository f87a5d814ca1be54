"""A script of model_fn, input_fn, predict_fn and output_fn, or some of them, for tests of SageMaker's own behavior.

No image of AWS's: those in script mode are in framework.py. AWS's inference toolkit (PyPI sagemaker-inference) calls the script.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from . import api

def create(container: api.Container) -> "ScriptMode":
    """Find the script, and put its folder on Python's path."""
    program = os.environ.get("SAGEMAKER_PROGRAM")
    if not program:
        raise api.ContainerError("SAGEMAKER_PROGRAM is not set: the sandbox runs this image in script mode only.")
    code_dir = Path(os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or container.model_dir / "code")
    if not (code_dir / program).is_file():
        raise api.ContainerError(f"The script {program} is not in {code_dir}.")
    sys.path.insert(0, str(code_dir))
    return ScriptMode(container.model_dir)


class ScriptMode:
    """A model behind the inference toolkit."""

    def __init__(self, model_dir: Path) -> None:
        self._model_dir = model_dir
        self._transformer: Any = None

    def load(self) -> None:
        # Imported here because the toolkit reads SAGEMAKER_BASE_DIR when it is imported, and takes a second.
        from sagemaker_inference.transformer import Transformer

        transformer = Transformer()
        context = Context(self._model_dir, {})
        transformer.validate_and_initialize(model_dir=str(self._model_dir), context=context)
        self._transformer = transformer

    def invoke(self, request: api.Request) -> api.Response:
        context = Context(self._model_dir, request.headers)
        answers = self._transformer.transform([{"body": request.body}], context)
        headers = {"Content-Type": context.content_type} if context.content_type else {}
        return api.Response(context.status, as_bytes(answers[0]), headers)


class Context:
    """The part of the model server's context that the toolkit and scripts use, for one request."""

    def __init__(self, model_dir: Path, headers: dict[str, str]) -> None:
        self.system_properties = {"model_dir": str(model_dir), "gpu_id": None}
        self.request_processor = [self]
        self.status = 200
        self.phrase = "OK"
        self.content_type: str | None = None
        self._headers = headers

    def get_request_properties(self) -> dict[str, str]:
        # The toolkit looks for `Content-Type` by a pattern and for `Accept` by name, in either case.
        return self._headers

    def get_request_header(self, index: int, name: str) -> str | None:
        return self._headers.get(name.lower())

    def set_response_content_type(self, index: int, value: str) -> None:
        self.content_type = value

    def set_response_status(self, code: int = 200, phrase: str = "", index: int = 0) -> None:
        self.status = code
        self.phrase = phrase


def as_bytes(answer: Any) -> bytes:
    """What output_fn gave, as the model server writes it: bytes as they are, text in UTF-8, anything else as JSON."""
    if isinstance(answer, (bytes, bytearray)):
        return bytes(answer)
    if isinstance(answer, str):
        return answer.encode("utf-8")
    return json.dumps(answer, indent=2).encode("utf-8")
