"""TensorFlow Serving's REST API, as a script beside it in AWS's TensorFlow inference image reaches it."""
from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

DEFAULT_SIGNATURE = "serving_default"
PREDICT_METHOD = "tensorflow/serving/predict"

# What TensorFlow Serving says of a model does not change while the container runs.
_signatures: dict[str, dict[str, Any]] = {}


class ServingError(Exception):
    """TensorFlow Serving answered with an error: its status and its message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def call(method: str, uri: str, body: bytes | None = None) -> tuple[int, bytes]:
    """One request to the model server in this container: its status and body, whatever they are."""
    parts = urlsplit(uri)
    connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port)
    try:
        connection.request(method, parts.path, body=body, headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def signature_def(rest_uri: str, name: str) -> dict[str, Any]:
    """A signature of the SavedModel: `inputs` and `outputs`, each tensor's dtype and shape by its name.

    ServingError when the model server does not know the model, or the model has no such signature.
    """
    uri = rest_uri.rpartition(":")[0] + "/metadata"
    if uri not in _signatures:
        status, body = call("GET", uri)
        if status != 200:
            raise ServingError(status, error_of(body))
        _signatures[uri] = json.loads(body)["metadata"]["signature_def"]["signature_def"]
    found = _signatures[uri].get(name)
    if found is None:
        callable_ones = sorted(key for key, value in _signatures[uri].items() if value.get("method_name"))
        raise ServingError(400, f"The SavedModel has no signature '{name}'. It has {callable_ones}.")
    return found


def predict(rest_uri: str, signature_name: str, inputs: Any) -> Any:
    """The outputs for inputs in the columnar format: a dictionary by name, or the one output by itself."""
    request: dict[str, Any] = {"inputs": inputs}
    if signature_name != DEFAULT_SIGNATURE:
        request["signature_name"] = signature_name
    status, body = call("POST", rest_uri, json.dumps(request).encode("utf-8"))
    if status != 200:
        raise ServingError(status, error_of(body))
    return json.loads(body)["outputs"]


def error_of(body: bytes) -> str:
    """The message of an error that TensorFlow Serving answered."""
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", "replace")
