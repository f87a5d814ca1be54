"""A model server with every model of the tests, started once, and a case that compares our answers with MLflow's."""
from __future__ import annotations

import atexit
import functools
import json
import sys
import tempfile
import unittest
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, Schema

import tensorflow_models as models
from worker import Program

sys.path[:0] = [str(models.SERVING), str(Path(__file__).resolve().parent.parent)]
from archive import Reference  # noqa: E402
from _mlflow_mlops.tfs_front import Front  # noqa: E402

JSON, CSV = "application/json", "text/csv"
Context = namedtuple("Context", "rest_uri, request_content_type, method", defaults=[None])
TOLERANCE = 1e-6

OF_SEVERAL = Schema([ColSpec("double", "price"), ColSpec("long", "count"), ColSpec("string", "city"), ColSpec("boolean", "rush")])
TWO_INPUTS = {"wide": models.floats(2, 2), "deep": models.floats(2, 2, 2)}


class Served:
    """MLflow's folder of each model, by name, and the model server that has all of their SavedModels."""

    def __init__(self) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="tensorflow-")
        root = Path(self.scratch.name)
        keras, several = models.keras_model(), models.keras_model(several=True)
        x, two = infer_signature(models.floats(4, 3)), infer_signature(TWO_INPUTS)
        columns = ModelSignature(Schema([ColSpec("double", name) for name in ("a", "b", "c")]))
        words = np.array(["a", "b"])
        self.folders = {
            "scaled": models.save_module(root / "scaled", models.Scaled(), inputs=models.floats(4, 3)),
            "pixels": models.save_module(root / "pixels", models.Pixels(), inputs=np.ones((2, 2, 3), "int32")),
            "words": models.save_module(root / "words", models.Words(), inputs=words),
            "several": models.save_module(root / "several", models.Several()),
            "estimator": models.save_estimator(root / "estimator", None),
            "estimator of columns": models.save_estimator(root / "columns", ModelSignature(OF_SEVERAL)),
            "keras": models.save_keras(root / "keras", keras, x),
            "keras of columns": models.save_keras(root / "of-columns", keras, columns),
            "keras unsigned": models.save_keras(root / "unsigned", keras, None),
            "two inputs": models.save_keras(root / "two", several, two),
            "keras exported": models.export_keras(root / "exported", keras, x),
        }
        # What MLflow itself can load.
        self.loadable = {
            **self.folders,
            "keras": models.as_keras_file(root / "keras-file", keras, x),
            "keras of columns": models.as_keras_file(root / "columns-file", keras, columns),
            "keras unsigned": models.as_keras_file(root / "unsigned-file", keras, None),
            "two inputs": models.as_keras_file(root / "two-file", several, two),
        }
        versions = {name.replace(" ", "-"): {"1": str(saved_model_of(folder))} for name, folder in self.folders.items()}
        self.server = Program({"program": "tfs.server", "models": versions})

    def uri(self, name: str) -> str:
        return f"{self.server.url}/v1/models/{name.replace(' ', '-')}:predict"

    @functools.cache
    def front(self, name: str) -> Any:
        return Front(models.read_mlmodel(self.folders[name]))

    @functools.cache
    def reference(self, name: str) -> Reference:
        return Reference(str(self.loadable[name]))

    def stop(self) -> None:
        self.server.stop()
        self.scratch.cleanup()


@functools.cache
def served() -> Served:
    """The one for all cases: TensorFlow takes seconds to load."""
    found = Served()
    atexit.register(found.stop)
    return found


def saved_model_of(folder: Path) -> Path:
    [file] = folder.rglob("saved_model.pb")
    return file.parent


class TensorflowCase(unittest.TestCase):
    """Answers of one Front, to which the model server answers, beside MLflow's."""

    served: Served

    @classmethod
    def setUpClass(cls) -> None:
        cls.served = served()

    def ours(self, name: str, body: Any, content_type: str = JSON, method: str | None = None) -> tuple[int, Any]:
        text = body if isinstance(body, str) else json.dumps(body)
        context = Context(self.served.uri(name), content_type, method)
        status, answer = self.served.front(name).answer(text.encode("utf-8"), context)
        return status, json.loads(answer)

    def same(self, name: str, body: Any, content_type: str = JSON) -> Any:
        """Our answer's predictions, checked to be MLflow's."""
        text = body if isinstance(body, str) else json.dumps(body)
        status, expected = self.served.reference(name).answer(text, content_type)
        self.assertEqual(status, 200, expected)
        mine = self.ours(name, body, content_type)
        self.assertEqual(mine[0], 200, mine)
        self.equal(mine[1], json.loads(expected))
        return mine[1]["predictions"]

    def refused(self, name: str, body: Any, reason: str, content_type: str = JSON, by_mlflow: bool = True) -> None:
        """That we refuse for a reason, and that MLflow refuses too."""
        status, answer = self.ours(name, body, content_type)
        self.assertEqual((status, answer.get("error_code")), (400, "BAD_REQUEST"), answer)
        self.assertIn(reason, answer["message"])
        if by_mlflow:
            text = body if isinstance(body, str) else json.dumps(body)
            self.assertEqual(self.served.reference(name).answer(text, content_type)[0], 400)

    def equal(self, mine: Any, expected: Any) -> None:
        """Equal JSON, numbers within the tolerance."""
        if isinstance(expected, dict):
            self.assertIsInstance(mine, dict)
            # JSON objects have no order, and TensorFlow's own outputs change theirs from process to process.
            self.assertEqual(sorted(mine), sorted(expected))
            for name in expected:
                self.equal(mine[name], expected[name])
        elif isinstance(expected, list):
            self.assertIsInstance(mine, list)
            self.assertEqual(len(mine), len(expected))
            for left, right in zip(mine, expected):
                self.equal(left, right)
        elif isinstance(expected, float):
            self.assertIsInstance(mine, float)
            self.assertTrue(mine == expected or abs(mine - expected) <= TOLERANCE or mine != mine and expected != expected)
        else:
            self.assertEqual((type(mine), mine), (type(expected), expected))
