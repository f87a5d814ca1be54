"""Serves a model by the scoring server of the model's own MLflow, as SageMaker wants it: GET /ping and POST /invocations on port 8080.

It needs nothing but the standard library and that MLflow, 1.x to 3.x, so that its own needs never meet the model's. MLflow's application
is called in this process, without a web server of its own: what it answers is what MLflow answers. Works with Python 3.8 and newer.
"""

import io
import json
import os
import signal
import sys
import threading
import time
import traceback
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

STARTED = time.monotonic()
# A folder of ours in the module path would hide a model's module of the same name.
sys.path[:] = [place for place in sys.path if os.path.abspath(place or ".") != os.path.dirname(os.path.abspath(__file__))]

# Requests to an endpoint have 25 MB at most (API_runtime_InvokeEndpoint); more comes from nobody.
BODY_BYTES_MAX = 64 * 1024 * 1024
IDLE_SECONDS = 120
# SageMaker kills a container 30 seconds after SIGTERM (your-algorithms-inference-code).
DRAIN_SECONDS = 25
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


def end(status):
    """Ends the process although a thread of the model's own still runs."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


class Answer:
    def __init__(self, status, body, content_type="application/json"):
        self.status = status
        self.body = body
        self.content_type = content_type


def failure(status, code, message):
    """An error as MLflow writes it."""
    return Answer(status, json.dumps({"error_code": code, "message": message}).encode())


class Asgi:
    """MLflow's application since 2.21, FastAPI, on an event loop of its own (asgi.readthedocs.io/en/latest/specs/www.html)."""

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
            "raw_path": quote(path).encode(),
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
    """MLflow's application before 2.21, Flask (PEP 3333). MLflow runs it in processes that take one request at a time.

    Predictions take turns here too. /ping does not wait for them: SageMaker gives it two seconds.
    """

    def __init__(self, application):
        self.application = application
        self.turn = threading.Lock()

    def __call__(self, method, path, query, headers, body):
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path.encode("utf-8").decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in headers:
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        content_type = environ.pop("HTTP_CONTENT_TYPE", None)
        if content_type is not None:
            environ["CONTENT_TYPE"] = content_type
        environ["CONTENT_LENGTH"] = str(len(body))
        begun = []
        with self.turn if path == "/invocations" else nullcontext():
            parts = self.application(environ, lambda status, names, _=None: begun.extend((status, names)))
            try:
                given = b"".join(parts)
            finally:
                getattr(parts, "close", lambda: None)()
        kinds = [value for name, value in begun[1] if name.lower() == "content-type"]
        return Answer(int(begun[0].split()[0]), given, kinds[0] if kinds else "text/plain")


def load(model_path):
    """MLflow's application for a model, and the MLflow that it is of."""
    import mlflow
    from mlflow.pyfunc import scoring_server

    loader = getattr(scoring_server, "load_model_with_mlflow_config", None)
    if loader is None:
        from mlflow.pyfunc import load_model as loader
    application = scoring_server.init(loader(model_path))
    return (Wsgi if hasattr(application, "test_client") else Asgi)(application), mlflow.__version__


class Running:
    """The requests that are being answered: the server ends after them."""

    def __init__(self):
        self.count = 0
        self.change = threading.Condition()

    def __enter__(self):
        with self.change:
            self.count += 1

    def __exit__(self, *_):
        with self.change:
            self.count -= 1
            self.change.notify_all()

    def wait(self, seconds):
        with self.change:
            self.change.wait_for(lambda: self.count == 0, seconds)


class BadRequest(Exception):
    """The request breaks the protocol; the connection cannot be used any more."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one piece: in two, each answer would wait 40 ms for a delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    ask = None  # set before the server listens
    running = Running()
    # They describe the connection and the bytes on it; the application gets a whole body. Nothing depends on the host.
    NOT_PASSED_ON = ("connection", "content-length", "expect", "host", "transfer-encoding")

    def handle_request(self):
        with self.running:
            try:
                body = self.body()
            except BadRequest as error:
                self.close_connection = True
                self.give(failure(400, "BAD_REQUEST", str(error)))
                return
            path, _, query = self.path.partition("?")
            method = "GET" if self.command == "HEAD" else self.command
            headers = [(name, value) for name, value in self.headers.items() if name.lower() not in self.NOT_PASSED_ON]
            headers.append(("Content-Length", str(len(body))))
            try:
                answer = self.ask(method, unquote(path), query, headers, body)
            except Exception as error:
                traceback.print_exc()
                answer = failure(500, "INTERNAL_ERROR", f"{type(error).__name__}: {error}")
            self.give(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = handle_request

    def handle_expect_100(self):
        passed = super().handle_expect_100()
        self.wfile.flush()  # the client sends nothing before it has this line
        return passed

    def body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self.chunks())
        length = self.headers.get("Content-Length", "0").strip()
        if not length.isdecimal() or len(length) > 18:
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
        self.wfile.flush()

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
        traceback.print_exc()
        say("failed", phase="load", error=type(error).__name__, message=str(error)[:2000])
        end(1)
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
    server.socket.close()
    Handler.running.wait(DRAIN_SECONDS)
    end(0)


if __name__ == "__main__":
    main()
