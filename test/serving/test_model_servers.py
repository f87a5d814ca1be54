"""An archive as the container unpacks it, behind each of AWS's model servers: answers and refusals arrive as such."""
from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import unittest

import mlflow.sklearn
import mlflow.xgboost
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

from archive import Archive, Reference

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


class ModelServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.sklearn, cls.xgboost = Archive("sklearn"), Archive("xgboost")
        options = {"signature": infer_signature(TABLE), "pip_requirements": ["numpy"]}
        mlflow.sklearn.save_model(LogisticRegression().fit(TABLE, LABELS), cls.sklearn.model, **options)
        classifier = xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(TABLE, LABELS)
        mlflow.xgboost.save_model(classifier, cls.xgboost.model, **options)

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

    def test_sagemaker_inference(self) -> None:
        self.check("inference")

    def test_flask_as_sagemaker_containers_uses_it(self) -> None:
        self.check("flask")

    @unittest.skipUnless(importlib.util.find_spec("sagemaker_containers"), "sagemaker_containers is not installed")
    def test_sagemaker_containers(self) -> None:
        self.check("containers")


if __name__ == "__main__":
    unittest.main()
