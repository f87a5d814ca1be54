"""The image's Python service, which answers in place of nginx when an archive has a script (sagemaker/python_service.py)."""

import importlib.util
import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..kinds import api
from . import context as contexts

Handler = Callable[[Any, Any], tuple[Any, str]]


class Response:
    """The part of the service's response that its code sets."""

    def __init__(self) -> None:
        self.status = "200 OK"
        self.body: Any = None
        self.content_type: str | None = contexts.JSON


class PythonService:
    """Answers requests by the archive's `handler`, or its `input_handler` and `output_handler`."""

    def __init__(self, script: Path | None, port: int, default_model: str) -> None:
        self._handlers = default_handler if script is None else load_handlers(script)
        self._port = port
        self._default_model = default_model

    def invoke(self, request: api.Request) -> api.Response:
        response = Response()
        self._handle_invocation_post(request, response)
        return api.Response(int(response.status.split()[0]), as_bytes(response), content_type_of(response))

    def _handle_invocation_post(self, request: api.Request, res: Response) -> None:
        context = contexts.context_of(request, self._port, self._default_model)
        data = contexts.Stream(request.body)
        try:
            res.status = "200 OK"
            res.body, res.content_type = self._handlers(data, context)
        except Exception as error:
            traceback.print_exc()
            res.status = "500 Internal Server Error"
            res.body = json.dumps({"error": str(error)})


def load_handlers(script: Path) -> Handler:
    """What a script brings: `handler` goes before the pair."""
    spec = importlib.util.spec_from_file_location("inference", script)
    assert spec is not None and spec.loader is not None
    inference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inference)
    if hasattr(inference, "handler"):
        return inference.handler
    if hasattr(inference, "input_handler") and hasattr(inference, "output_handler"):
        return paired(inference.input_handler, inference.output_handler)
    raise NotImplementedError("Handlers are not implemented correctly in user script.")


def paired(input_handler: Callable[[Any, Any], Any], output_handler: Handler) -> Handler:
    import requests

    def handler(data: Any, context: Any) -> tuple[Any, str]:
        return output_handler(requests.post(context.rest_uri, data=input_handler(data, context)), context)

    return handler


def default_handler(data: Any, context: Any) -> tuple[Any, str]:
    """Without a script, but with requirements or modules: the image passes on what the model server says, as a success."""
    import requests

    return requests.post(context.rest_uri, data=data.read().decode("utf-8")).content, context.accept_header


def as_bytes(response: Response) -> bytes:
    body = response.body
    if body is None or isinstance(body, bytes):
        return body or b""
    if isinstance(body, str):
        return body.encode("utf-8")
    raise TypeError(f"The script answered a {type(body).__name__}, which is neither text nor bytes.")


def content_type_of(response: Response) -> dict[str, str]:
    return {} if response.content_type is None else {"Content-Type": str(response.content_type)}
