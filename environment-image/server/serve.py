"""Serves a model by the scoring server of the model's own MLflow, as SageMaker wants it: GET /ping and POST /invocations on port 8080.

It needs nothing but the standard library and that MLflow, 1.x to 3.x, so that its own needs never meet the model's. MLflow's application
is called in this process, without a web server of its own: what it answers is what MLflow answers. Works with Python 3.8 and newer.
"""

import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STARTED = time.monotonic()
# A folder of ours in the module path would hide a model's module of the same name.
sys.path[:] = [place for place in sys.path if os.path.abspath(place or ".") != os.path.dirname(os.path.abspath(__file__))]

# Requests to an endpoint have 25 MB at most (API_runtime_InvokeEndpoint); more comes from nobody.
BODY_BYTES_MAX = 64 * 1024 * 1024
IDLE_SECONDS = 120
# Only /tmp can be written. Libraries that keep caches at home or beside their own files fail without these.
WRITABLE = {
    "HOME": "/tmp",
    "XDG_CACHE_HOME": "/tmp/.cache",
    "MPLCONFIGDIR": "/tmp/.matplotlib",
    "NUMBA_CACHE_DIR": "/tmp/.numba",
    "HF_HOME": "/tmp/.huggingface",
    "TORCH_HOME": "/tmp/.torch",
    "JOBLIB_TEMP_FOLDER": "/tmp",
    "MLFLOW_TRACKING_URI": "file:///tmp/mlruns",
}
SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_DISABLE_ENV_CREATION": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}


def say(event, **more):
    """One line of JSON: SageMaker's log of the endpoint has it, and people find the reason in it."""
    print(json.dumps(dict(event=event, **more)), flush=True)


class Answer:
    def __init__(self, status, body, content_type="application/json"):
        self.status = status
        self.body = body
        self.content_type = content_type


class Asgi:
    """MLflow's application since 2.22, FastAPI, on an event loop of its own (asgi.readthedocs.io/en/latest/specs/www.html)."""

    def __init__(self, application):
        import asyncio

        self.asyncio = asyncio
        self.application = application
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def __call__(self, method, path, query, headers, body):
        return self.asyncio.run_coroutine_threadsafe(self.ask(method, path, query, headers, body), self.loop).result()

    async def ask(self, method, path, query, headers, body):
        sent = []
        pending = [{"type": "http.request", "body": body, "more_body": False}]
        gone = self.asyncio.Event()

        async def receive():
            if pending:
                return pending.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 8080),
        }
        try:
            await self.application(scope, receive, send)
        except Exception:
            # The application has answered 500 and tells its server, which would log it.
            import traceback

            traceback.print_exc()
        finally:
            gone.set()
        status, content_type = 500, "text/plain"
        for message in sent:
            if message["type"] == "http.response.start":
                status = message["status"]
                content_type = dict(message["headers"]).get(b"content-type", b"text/plain").decode("latin-1")
        return Answer(status, b"".join(message.get("body", b"") for message in sent), content_type)


class Wsgi:
    """MLflow's application before 2.22, Flask. MLflow runs it in processes that take one request at a time."""

    def __init__(self, application):
        self.application = application
        self.turn = threading.Lock()

    def __call__(self, method, path, query, headers, body):
        with self.turn, self.application.test_client() as client:
            given = client.open(path, method=method, query_string=query, data=body, headers=headers)
            return Answer(given.status_code, given.get_data(), given.headers.get("Content-Type", "text/plain"))


def load(model_path):
    """MLflow's application for a model, and the MLflow that it is of."""
    import mlflow
    from mlflow.pyfunc import scoring_server

    loader = getattr(scoring_server, "load_model_with_mlflow_config", None)
    if loader is None:
        from mlflow.pyfunc import load_model as loader
    application = scoring_server.init(loader(model_path))
    return (Wsgi if hasattr(application, "test_client") else Asgi)(application), mlflow.__version__


class BadRequest(Exception):
    """The request breaks the protocol; the connection cannot be used any more."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one piece: in two, each answer would wait 40 ms for a delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    ask = None  # set before the server listens

    def handle_request(self):
        path, _, query = self.path.partition("?")
        try:
            body = self.body()
        except BadRequest as error:
            self.close_connection = True
            self.give(Answer(400, json.dumps({"error_code": "BAD_REQUEST", "message": str(error)}).encode()))
            return
        method = "GET" if self.command == "HEAD" else self.command
        self.give(self.ask(method, path, query, list(self.headers.items()), body))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = handle_request

    def body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self.chunks())
        length = self.headers.get("Content-Length", "0").strip()
        if not length.isdigit():
            raise BadRequest("Content-Length is no number")
        return self.read(int(length))

    def chunks(self):
        total = 0
        while True:
            size = self.rfile.readline(1024).split(b";")[0].strip()
            try:
                count = int(size, 16)
            except ValueError:
                raise BadRequest("a chunk has no size") from None
            total += count
            if count < 0 or total > BODY_BYTES_MAX:
                raise BadRequest("the request is too large")
            if count == 0:
                while self.rfile.readline(1024).strip():
                    pass  # trailers
                return
            yield self.read(count)
            self.rfile.readline(1024)

    def read(self, count):
        if count > BODY_BYTES_MAX:
            raise BadRequest("the request is too large")
        data = self.rfile.read(count)
        if len(data) < count:
            raise BadRequest("the request ended early")
        return data

    def give(self, answer):
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format, *args):
        """Says nothing for a request; what the model's code prints is the log."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    for name, value in dict(WRITABLE, **SETTINGS).items():
        os.environ.setdefault(name, value)
    model_path = os.environ.get("MODEL_PATH", "/opt/ml/model")
    # Told to end while it loads, it ends: the first process of a container has no handler of its own.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        Handler.ask, version = load(model_path)
    except BaseException as error:
        import traceback

        traceback.print_exc()
        say("failed", phase="load", error=type(error).__name__, message=str(error)[:2000])
        raise SystemExit(1) from None
    # Not a method: the class would bind the handler to it as its first argument.
    Handler.ask = staticmethod(Handler.ask)
    server = Server((os.environ.get("SAGEMAKER_BIND_TO_HOST", "0.0.0.0"), int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    say(
        "ready",
        mlflow=version,
        python=sys.version.split()[0],
        seconds=round(time.monotonic() - STARTED, 2),
        port=server.server_address[1],
    )
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
