"""TensorFlow Serving's REST API (tensorflow.org/tfx/serving/api_rest): predict, a model's status and its metadata."""

import json
import re
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import answers, requests
from .saved_model import SavedModel
from .status import StatusError

Models = dict[str, dict[int, SavedModel]]
MODEL = r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>\d+))?"
PREDICTION = re.compile(MODEL + r":(?P<method>classify|regress|predict)", re.IGNORECASE)
STATUS = re.compile(MODEL + r"(?P<metadata>/metadata)?", re.IGNORECASE)


def listen(models: Models) -> "ModelServer":
    """A server on a free port of the loopback interface."""
    return ModelServer(models)


class ModelServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, models: Models) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.models = models
        self.turn = threading.Lock()

    def find(self, name: str, version: str | None) -> tuple[int, SavedModel]:
        """A version of a model, the highest where none is said."""
        versions = self.models.get(name, {})
        wanted = int(version) if version else max(versions, default=0)
        if wanted not in versions:
            shown = f"Specific({name}, {wanted})" if version else f"Latest({name})"
            raise StatusError(f"Servable not found for request: {shown}", 404)
        return wanted, versions[wanted]

    def predict(self, path: str, body: bytes) -> str:
        found = PREDICTION.fullmatch(path)
        if not found:
            raise StatusError(f"Malformed request: POST {path}")
        _, model = self.find(found["name"], found["version"])
        if found["method"].lower() != "predict":
            raise StatusError(f"The sandbox's model server has no {found['method']}.", 501)
        request = requests.read(body, model)
        with self.turn:
            return answers.written(model.predict(request.signature_name, request.tensors), request.in_rows)

    def describe(self, path: str) -> str:
        found = STATUS.fullmatch(path)
        if not found:
            raise StatusError(f"Malformed request: GET {path}")
        version, model = self.find(found["name"], found["version"])
        if found["metadata"]:
            spec = {"name": found["name"], "signature_name": "", "version": str(version)}
            return pretty({"model_spec": spec, "metadata": {"signature_def": {"signature_def": model.described()}}})
        numbers = [version] if found["version"] else sorted(self.models[found["name"]], reverse=True)
        available = {"state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
        return pretty({"model_version_status": [{"version": str(number), **available} for number in numbers]})


class Exchange(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: ModelServer

    def do_GET(self) -> None:
        self.respond(lambda: self.server.describe(self.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.respond(lambda: self.server.predict(self.path, body))

    def respond(self, answer: Callable[[], str]) -> None:
        status = 200
        try:
            text = answer() if self.path.lower().startswith("/v1/") else None
        except StatusError as error:
            status, text = error.status, pretty({"error": str(error)})
        except Exception as error:
            traceback.print_exc()
            status, text = 500, pretty({"error": f"{type(error).__name__}: {error}"})
        content = (text or "").encode("utf-8")
        self.send_response(404 if text is None else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """The log is for models; requests are seen by who sends them."""


def pretty(document: Any) -> str:
    return json.dumps(document, indent=4)
