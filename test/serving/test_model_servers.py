"""An archive as the container unpacks it, behind each of AWS's model servers: answers and refusals arrive as such."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest

import mlflow.sklearn
import mlflow.xgboost
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

from archive import Archive, Reference, pack_mlmodel

TABLE = pd.DataFrame({"a": [0.0, 1.0, 2.0, 0.5], "b": [1.0, 0.5, 2.0, 3.0]})
LABELS = np.array([0, 1, 1, 0])
JSON = "application/json"
REQUESTS = [
    {"body": '{"dataframe_records": [{"b": 1, "a": 2}]}', "contentType": JSON},
    {"body": "b,a\n1,2\n", "contentType": "text/csv"},
    {"body": '{"inputs": {"a": [1.5], "b": [2]}}', "contentType": "application/json; charset=utf-8"},
    {"body": '{"dataframe_records": [{"b": 1}]}', "contentType": JSON},
    {"body": "{", "contentType": JSON},
    {"body": "x", "contentType": "application/x-npy"},
]


# Saves a pipeline whose steps are functions of the modules beside it.
SAVE = """
import importlib, sys
import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

names = {names}
steps = [FunctionTransformer(importlib.import_module(name).same) for name in names]
table = pd.DataFrame({{"a": [0.0, 1.0], "b": [1.0, 0.5]}})
mlflow.sklearn.save_model(
    make_pipeline(*steps, LinearRegression()).fit(table, [0, 1]), sys.argv[1], serialization_format="pickle",
    code_paths=[f"{{name}}.py" for name in names], pip_requirements=["scikit-learn"], signature=infer_signature(table),
)
"""


class ModelServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.sklearn, cls.xgboost = Archive("sklearn"), Archive("xgboost")
        options = {"signature": infer_signature(TABLE), "pip_requirements": ["numpy"]}
        mlflow.sklearn.save_model(LogisticRegression().fit(TABLE, LABELS), cls.sklearn.model, **options)
        classifier = xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(TABLE, LABELS)
        mlflow.xgboost.save_model(classifier, cls.xgboost.model, **options)
        for archive in (cls.sklearn, cls.xgboost):
            pack_mlmodel(archive.path)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.sklearn.remove()
        cls.xgboost.remove()

    def check(self, toolkit: str) -> None:
        for archive in (self.sklearn, self.xgboost):
            with self.subTest(archive.flavor):
                self.check_archive(toolkit, archive)

    def check_archive(self, toolkit: str, archive: Archive) -> None:
        script = os.path.join(os.path.dirname(__file__), "container.py")
        run = subprocess.run(
            [sys.executable, "-W", "ignore", script, toolkit, archive.path],
            input=json.dumps(REQUESTS), capture_output=True, text=True, timeout=120, check=False,
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        answers, reference = json.loads(run.stdout), Reference(archive.model)
        for request, answer in zip(REQUESTS, answers):
            status, body = reference.answer(request["body"], request["contentType"])
            self.assertEqual(answer["status"], status, answer)
            if status == 200:
                self.assertEqual((answer["body"], answer["contentType"]), (body, JSON))
        self.assertEqual([answer["status"] for answer in answers], [200, 200, 200, 400, 400, 415])
        self.assertIn("missing inputs ['a']", answers[3]["body"])
        self.assertIn("could not be parsed", answers[4]["body"])
        self.assertIn("application/x-npy", answers[5]["body"])

    def test_a_models_own_modules_may_have_any_name(self) -> None:
        """Modules that are called as the entry point is, or as the project's modules are."""
        names = ["inference", "model", "serving", "mlflow_model", "transform"]
        archive = Archive("sklearn")
        self.addCleanup(archive.remove)
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                with open(os.path.join(folder, f"{name}.py"), "w", encoding="utf-8") as stream:
                    stream.write("def same(values):\n    return values\n")
            save = os.path.join(folder, "save.py")
            with open(save, "w", encoding="utf-8") as stream:
                stream.write(SAVE.format(names=names))
            subprocess.run([sys.executable, "-W", "ignore", save, archive.model], cwd=folder, check=True, capture_output=True)
        pack_mlmodel(archive.path)
        script = os.path.join(os.path.dirname(__file__), "container.py")
        for toolkit in ("flask", "inference"):
            run = subprocess.run(
                [sys.executable, "-W", "ignore", script, toolkit, archive.path],
                input=json.dumps(REQUESTS[:1]), capture_output=True, text=True, timeout=120, check=False,
            )
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual([answer["status"] for answer in json.loads(run.stdout)], [200])

    def test_sagemaker_inference(self) -> None:
        self.check("inference")

    def test_flask_as_sagemaker_containers_uses_it(self) -> None:
        self.check("flask")


if __name__ == "__main__":
    unittest.main()
