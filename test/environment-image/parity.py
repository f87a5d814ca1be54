"""parity.py SEED COUNT: the server of environment images and MLflow's own, side by side, on generated requests. Run by the environment's
Python. Prints one JSON line: how many requests, which answered what, and the differences."""

import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings

warnings.filterwarnings("ignore")
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", GIT_PYTHON_REFRESH="quiet", PYTHONHASHSEED="0")
SERVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "environment-image", "server", "serve.py")

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from mlflow.models import infer_signature  # noqa: E402

MLFLOW = tuple(int(part) for part in mlflow.__version__.split(".")[:2])


class Sums(mlflow.pyfunc.PythonModel):
    """Says what it was given: the sum of numbers, and texts as they are."""

    def predict(self, context, model_input, params=None):
        if isinstance(model_input, pd.DataFrame):
            frame = model_input
            numbers = frame.select_dtypes("number").sum(axis=1)
            texts = frame.select_dtypes(exclude="number").astype(str).sum(axis=1) if frame.shape[1] else numbers.astype(str)
            return pd.DataFrame({"sum": numbers, "text": texts})
        if isinstance(model_input, dict):
            return {name: np.asarray(value).tolist() for name, value in model_input.items()}
        return np.asarray(model_input)


def models(folder):
    """A table with a signature, one without, and a tensor with a signature."""
    frame = pd.DataFrame({"age": [1.5, 2.0], "count": [1, 2], "city": ["a", "b"], "on": [True, False]})
    tensor = np.zeros((2, 3))
    found = {}
    for name, signature in {"table": infer_signature(frame), "bare": None, "tensor": infer_signature(tensor)}.items():
        path = os.path.join(folder, name)
        mlflow.pyfunc.save_model(path, python_model=Sums(), signature=signature)
        found[name] = path
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_ours(path, port):
    env = dict(os.environ, MODEL_PATH=path, SAGEMAKER_BIND_TO_PORT=str(port), SAGEMAKER_BIND_TO_HOST="127.0.0.1")
    return subprocess.Popen([sys.executable, "-s", SERVE], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def start_mlflow(path, port):
    env = dict(os.environ, __pyfunc_model_path__=path)
    bind = f"127.0.0.1:{port}"
    if MLFLOW >= (2, 21):
        command = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "mlflow.pyfunc.scoring_server.app:app"]
    else:
        command = [sys.executable, "-m", "gunicorn", "--timeout", "60", "-b", bind, "-w", "1", "mlflow.pyfunc.scoring_server.wsgi:app"]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def ask(port, method, path, body=None, headers=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers or {}, method=method)
    if body is not None and not any(name.lower() == "content-type" for name in headers or {}):
        request.add_unredirected_header("Content-Type", "")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.get("content-type"), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("content-type"), error.read()


def wait(process, port):
    end = time.time() + 120
    while time.time() < end:
        if process.poll() is not None:
            raise SystemExit(f"a server ended with {process.returncode}")
        try:
            if ask(port, "GET", "/ping")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("a server does not answer")


PARQUET = "application/vnd.apache.parquet"
CELLS = [0, 1, -1, 2.5, 1e300, 10**12, 2**60, True, None, "a", "", "é\u2028", "1", "2020-01-01", [1], {"a": 1}, float("nan")]
COLUMNS = ["age", "count", "city", "on"]
TYPES = ["application/json"] * 12 + ["application/json; charset=utf-8", "application/json; charset=latin-1", "application/json; x=y"]
if MLFLOW < (2, 0):
    # MLflow 1.x knows the layout of a table by these.
    TYPES += ["application/json; format=pandas-split"] * 4 + ["application/json; format=pandas-records"] * 2
    TYPES += ["application/json-numpy-split"] * 2 + ["text/csv; format=pandas-split"]
TYPES += ["text/csv"] * 3 + [PARQUET] * 2 + ["text/plain", "application/octet-stream", "application/x-www-form-urlencoded", "APPLICATION/JSON"]


def generated(rng):
    """A request: (body, content type)."""
    kind = rng.choice(TYPES)
    if kind.startswith("text/csv"):
        rows = [",".join(rng.sample(COLUMNS, rng.randint(1, 4)))] if rng.random() < 0.9 else []
        rows += [",".join(str(rng.choice(["1", "2.5", "a", "", "True", '"x,y"', "é"])) for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(0, 3))]
        return "\n".join(rows).encode(), kind
    if kind == PARQUET:
        frame = pd.DataFrame({"age": [1.5, rng.random()], "count": [1, rng.randint(-5, 5)], "city": ["a", "é"], "on": [True, False]})
        table = io.BytesIO()
        frame[rng.sample(COLUMNS, rng.choice([4, 4, 2]))].to_parquet(table)
        return rng.choice([table.getvalue()] * 4 + [b"PAR1"]), kind
    document = body_of(rng)
    text = json.dumps(document)
    roll = rng.random()
    if roll < 0.04:
        text = text[: rng.randint(0, len(text))]
    data = text.encode()
    if roll > 0.98:
        data += b"\xff"
    return data, kind


def body_of(rng):
    width = rng.randint(1, 4)
    good = rng.random() < 0.6
    columns = list(COLUMNS) if good else rng.sample([*COLUMNS, "other", ""], width)

    def cell(column):
        if good:
            return {"age": rng.choice([1.5, 2, -3e5]), "count": rng.randint(-5, 5), "city": rng.choice(["a", "é"]), "on": rng.random() < 0.5}[column]
        return rng.choice(CELLS)

    rows = [[cell(column) for column in columns] for _ in range(rng.randint(0, 3))]
    records = [dict(zip(columns, row)) for row in rows]
    tensor = [[rng.choice([0, 1.5, -2]) for _ in range(3 if rng.random() < 0.8 else 2)] for _ in range(rng.randint(0, 3))]
    document = rng.choice(
        [
            {"dataframe_split": {"columns": columns, "data": rows}},
            {"dataframe_split": {"columns": columns, "data": rows, "index": list(range(len(rows)))}},
            {"dataframe_records": records},
            {"inputs": tensor},
            {"inputs": {column: [row[at] for row in rows] for at, column in enumerate(columns)}},
            {"instances": rng.choice([tensor, records])},
            {"columns": columns, "data": rows},
            records,
            {},
            {"inputs": tensor, "instances": tensor},
            {"dataframe_split": rng.choice(CELLS)},
            {"predict": 1},
        ]
    )
    if isinstance(document, dict) and rng.random() < 0.1:
        document = dict(document, params=rng.choice([{}, {"x": 1}, None, [1]]))
    return document


def comparable(answer):
    """An answer without what differs between two equal processes: addresses of objects, line numbers of traces."""
    status, kind, body = answer
    try:
        document = json.loads(body)
    except ValueError:
        return status, kind, body.decode("utf-8", "replace")
    if isinstance(document, dict):
        document.pop("stack_trace", None)
    return status, kind, json.dumps(document, sort_keys=True)


def main(seed, count):
    rng = random.Random(seed)
    statuses, differences, asked = {}, [], 0
    with tempfile.TemporaryDirectory() as folder:
        # Some versions of MLflow make their store when a model is saved, in the working directory by default.
        os.chdir(folder)
        mlflow.set_tracking_uri("file:" + folder + "/mlruns")
        for name, path in models(folder).items():
            ports = free_port(), free_port()
            servers = [start_ours(path, ports[0]), start_mlflow(path, ports[1])]
            try:
                for server, port in zip(servers, ports):
                    wait(server, port)
                fixed = [("GET", "/ping", None, {}), ("GET", "/version", None, {}), ("GET", "/invocations", None, {}), ("POST", "/other", b"{}", {"content-type": "application/json"})]
                requests = [("POST", "/invocations", body, {"content-type": kind}) for body, kind in (generated(rng) for _ in range(count))]
                for request in fixed + requests:
                    ours, theirs = (comparable(ask(port, *request)) for port in ports)
                    asked += 1
                    statuses[theirs[0]] = statuses.get(theirs[0], 0) + 1
                    if ours != theirs:
                        differences.append({"model": name, "request": [str(part)[:300] for part in request], "ours": [str(part)[:300] for part in ours], "mlflow": [str(part)[:300] for part in theirs]})
                servers[0].send_signal(signal.SIGTERM)
                assert servers[0].wait(10) == 0, "SIGTERM"
            finally:
                for server in servers:
                    if server.poll() is None:
                        server.terminate()
                    server.wait(20)
    print(json.dumps({"mlflow": mlflow.__version__, "python": sys.version.split()[0], "asked": asked, "statuses": statuses, "different": len(differences), "differences": differences[:20]}))


main(int(sys.argv[1]), int(sys.argv[2]))
