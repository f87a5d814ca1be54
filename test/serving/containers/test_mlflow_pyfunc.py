"""Models of any kind in the stand-in for the image that MLflow builds: MLflow's scoring server on the model's folder."""
from __future__ import annotations

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import lightgbm
import mlflow.lightgbm
import mlflow.pyfunc
import numpy as np
import pandas as pd
from mlflow.models import infer_signature

from worker import Container

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from archive import Reference  # noqa: E402

KIND = "mlflow_pyfunc"
OWN_CODE = Path(__file__).resolve().parent / "own_code"
TABLE = pd.DataFrame({"a": [0.0, 1.0, 2.0, 0.5] * 10, "b": [1.0, 0.5, 2.0, 3.0] * 10})
TARGET = np.array([0.0, 1.0, 3.0, 2.0] * 10)
RECORDS = {"dataframe_records": TABLE.head(3).to_dict(orient="records")}

FROM_CODE = """
import mlflow
from surcharge import add

class Surcharged(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return add(model_input["a"].to_numpy()) * (params or {}).get("factor", 1.0)

mlflow.models.set_model(Surcharged())
"""


class MlflowPyfunc(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="pyfunc-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "model"

    def container(self, environment: dict[str, str] | None = None) -> Container:
        container = Container(KIND, {".": self.folder}, environment)
        self.addCleanup(container.stop)
        return container

    def same(self, container: Container, body: Any, content_type: str = "application/json") -> Any:
        """The container's answer, checked to be MLflow's to the byte."""
        text = body if isinstance(body, str) else json.dumps(body)
        status, answer = container.invoke(text, content_type)
        self.assertEqual((status, answer), Reference(str(self.folder)).answer(text, content_type))
        self.assertEqual(status, 200, answer)
        return json.loads(answer)["predictions"]

    def save_lightgbm(self, **options: Any) -> None:
        model = lightgbm.LGBMRegressor(n_estimators=5, min_child_samples=1, n_jobs=1, verbose=-1).fit(TABLE, TARGET)
        options = {"pip_requirements": ["lightgbm", "mlflow"], **options}
        mlflow.lightgbm.save_model(model, str(self.folder), signature=infer_signature(TABLE), **options)

    def test_a_model_of_a_library(self) -> None:
        self.save_lightgbm()
        container = self.container()
        self.assertEqual(container.ping(), (200, ""), container.said())
        answers = self.same(container, RECORDS)
        self.assertEqual(self.same(container, {"inputs": TABLE.head(3).to_dict(orient="list")}), answers)
        self.assertEqual(self.same(container, TABLE.head(3).to_csv(index=False), "text/csv"), answers)
        status, answer = container.invoke({"dataframe_records": [{"a": 1}]})
        self.assertEqual((status, json.loads(answer)["error_code"]), (400, "INVALID_PARAMETER_VALUE"))
        self.assertEqual(container.invoke("x", "text/plain")[0], 415)

    def test_a_model_of_ones_own_that_brings_its_code(self) -> None:
        script = self.folder.parent / "from_code.py"
        script.write_text(FROM_CODE)
        sys.path.insert(0, str(OWN_CODE))
        self.addCleanup(sys.path.remove, str(OWN_CODE))
        mlflow.pyfunc.save_model(
            str(self.folder), python_model=str(script), code_paths=[str(OWN_CODE / "surcharge.py")],
            signature=infer_signature(TABLE, TARGET, {"factor": 1.0}), pip_requirements=["mlflow"],
        )
        container = self.container()
        self.assertEqual(self.same(container, RECORDS), [10.0, 11.0, 12.0])
        self.assertEqual(self.same(container, {**RECORDS, "params": {"factor": 2.0}}), [20.0, 22.0, 24.0])

    def test_what_the_model_needs_has_to_be_installed(self) -> None:
        options = ["--extra-index-url https://example.test", "tensorflow", "no-such-package>=2"]
        self.save_lightgbm(pip_requirements=options)
        report = self.container().report
        self.assertEqual(report.get("stage"), "container")
        self.assertEqual(report["reason"], "requirements.txt: 'no-such-package>=2' is not installed.")
        # The image of one model has it built in.
        self.assertEqual(self.container({"MLFLOW_DISABLE_ENV_CREATION": "true"}).ping()[0], 200)

    def test_what_is_no_model(self) -> None:
        os.makedirs(self.folder)
        (self.folder / "readme.txt").write_text("x")
        self.assertIn("no MLmodel at its root", self.container().report["reason"])
        (self.folder / "MLmodel").write_text("flavors: {sklearn: {}}\n")
        status, answer = self.container().ping()
        self.assertEqual(status, 500)
        self.assertIn("only supports models with the PyFunc flavors", answer)


if __name__ == "__main__":
    unittest.main()
