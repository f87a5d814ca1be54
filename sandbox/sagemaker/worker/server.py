"""The container's HTTP contract: GET /ping, POST /invocations."""

import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .kinds import api


class ContainerServer(ThreadingHTTPServer):
    """Listens on a loopback port and serves one model."""

    daemon_threads = True

    def __init__(self, handler: api.Handler, port: int) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.handler = handler
        # A worker of a model server takes one request at a time; threads only keep the sockets apart.
        self.turn = threading.Lock()
        self.loaded = False
        self.failure: BaseException | None = None

    def ping(self) -> None:
        """Load the model at the first health check. When that takes longer than SageMaker waits, a later one has the outcome."""
        with self.turn:
            if self.failure is not None:
                raise self.failure
            if self.loaded:
                return
            try:
                self.handler.load()
            except BaseException as error:  # a script may call sys.exit; the check fails with that, too
                self.failure = error
                raise
            self.loaded = True

    def invoke(self, request: api.Request) -> api.Response:
        with self.turn:
            return self.handler.invoke(request)


class Exchange(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # Head and body go out in one piece: in two, each answer would wait 40 ms for a delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: ContainerServer

    def do_GET(self) -> None:
        if self.path != "/ping":
            self.respond(404, b"not found")
            return
        try:
            self.server.ping()
        except BaseException as error:
            traceback.print_exc()
            self.respond(500, f"{type(error).__name__}: {error}".encode())
            return
        self.respond(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path != "/invocations":
            self.respond(404, b"not found")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            response = self.server.invoke(api.Request(body, headers))
        except BaseException as error:
            traceback.print_exc()
            response = api.Response(500, f"{type(error).__name__}: {error}".encode())
        self.respond(response.status, response.body, response.headers)

    def respond(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing for a request; what the model's code prints is the log."""


def listen(handler: api.Handler, port: int) -> ContainerServer:
    """Bind a server for a model; `serve_forever` then answers."""
    return ContainerServer(handler, port)
