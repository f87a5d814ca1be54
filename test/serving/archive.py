"""What the tests share: archives laid out as in the container, and MLflow's own answers to compare them with."""
from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
from typing import Any

import mlflow.pyfunc
import yaml
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import scoring_server

SERVING = os.path.realpath(
    os.path.join(os.path.dirname(__file__), "..", "..", "lambda", "shared", "flavors", "serving")
)


PACKAGE = "_mlflow_mlops"


def pack_mlmodel(model_dir: str) -> None:
    """Write MLmodel as JSON, as packaging does."""
    with open(os.path.join(model_dir, "model", "MLmodel"), encoding="utf-8") as stream:
        mlmodel = yaml.safe_load(stream)
    kept = {key: mlmodel.get(key) for key in ("signature", "flavors")}
    os.makedirs(os.path.join(model_dir, "code", PACKAGE), exist_ok=True)
    with open(os.path.join(model_dir, "code", PACKAGE, "mlmodel.json"), "w", encoding="utf-8") as stream:
        json.dump(kept, stream)


class Archive:
    """An unpacked archive: `model/` as MLflow saved it, `code/` with the flavour's inference.py."""

    def __init__(self, flavor: str) -> None:
        self.flavor = flavor
        self.path = tempfile.mkdtemp(prefix="serving-")
        self.model = os.path.join(self.path, "model")
        self.code = os.path.join(self.path, "code")
        os.mkdir(self.code)
        shutil.copy(os.path.join(SERVING, f"{flavor}_inference.py"), os.path.join(self.code, "inference.py"))
        self.package = os.path.join(self.code, PACKAGE)
        shutil.copytree(os.path.join(SERVING, PACKAGE), self.package, ignore=shutil.ignore_patterns("__pycache__"))

    def remove(self) -> None:
        shutil.rmtree(self.path)


def load_ours(flavor: str, model_dir: str) -> Any:
    """The entry point of a flavour and the model that its model_fn loads."""
    if SERVING not in sys.path:
        sys.path.insert(0, SERVING)
    module = importlib.import_module(f"{flavor}_inference")
    pack_mlmodel(model_dir)
    return module, module.model_fn(model_dir)


def our_answer(model: Any, body: str | bytes, content_type: str) -> tuple[int, str]:
    """Status and body that our code gives, before a model server turns them into a response."""
    serving = importlib.import_module("_mlflow_mlops.serving")
    request = importlib.import_module("_mlflow_mlops.request")
    try:
        return 200, serving.predictions_json(model, body, content_type)
    except request.RequestError as refusal:
        return int(refusal.status), refusal.body


class Reference:
    """MLflow's own scoring of a saved model: the function behind POST /invocations of `mlflow models serve`."""

    def __init__(self, path: str) -> None:
        self.model = mlflow.pyfunc.load_model(path)
        self.schema = self.model.metadata.get_input_schema()

    def answer(self, body: str | bytes, content_type: str) -> tuple[int, str]:
        raw = body.encode("utf-8") if isinstance(body, str) else body
        try:
            result = scoring_server.invocations(raw, content_type, self.model, self.schema)
        except MlflowException as error:
            return error.get_http_status_code(), error.serialize_as_json()
        return result.status, result.response

