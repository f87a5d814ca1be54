"""xgboost models as MLflow saves them, answered by our inference.py as MLflow's scoring server answers them."""
from __future__ import annotations

import json
import os
import unittest
from typing import Any

import mlflow.xgboost
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature

from archive import Archive, load_ours
from scoring_case import ScoringCase

NUMBERS = np.array([[0.0, 1.0, 2.0], [1.0, 0.5, 0.0], [2.0, 2.0, 1.0], [0.5, 3.0, 3.0]] * 5)
LABELS = np.array([0, 1, 1, 0] * 5)
TABLE = pd.DataFrame(NUMBERS, columns=["a", "b", "c"])
ROWS = NUMBERS[:3].tolist()


def train_booster(data: Any, objective: str = "binary:logistic") -> xgboost.Booster:
    return xgboost.train({"objective": objective, "nthread": 1}, xgboost.DMatrix(data, LABELS), num_boost_round=3)


class XgboostCase(ScoringCase):
    flavor = mlflow.xgboost


class BoosterUbj(XgboostCase):
    estimator = train_booster(NUMBERS)

    def test_every_form_of_input(self) -> None:
        self.same({"inputs": ROWS})
        self.same({"instances": ROWS})
        self.same({"dataframe_split": {"data": ROWS}})

    def test_what_the_booster_cannot_take_is_refused(self) -> None:
        self.refused({"inputs": [[1, 2, 3, 4]]})
        self.refused({"inputs": {"a": [1]}})
        self.refused({"dataframe_records": [{"a": "x", "b": "y", "c": "z"}]})


class BoosterJsonOfColumns(XgboostCase):
    estimator = train_booster(TABLE)
    save_options = {
        "model_format": "json",
        "signature": infer_signature(TABLE, params={"output_margin": True, "iteration_range": [0, 0], "other": "x"}),
    }

    def test_every_form_of_input(self) -> None:
        records = TABLE.head(3).to_dict(orient="records")
        self.same({"dataframe_records": records})
        self.same({"dataframe_split": TABLE.head(3).to_dict(orient="split")})
        self.same({"instances": records})
        self.same({"inputs": TABLE.head(3).to_dict(orient="list")})
        self.same(TABLE.to_csv(index=False), "text/csv")

    def test_columns_are_reordered_and_missing_ones_named(self) -> None:
        self.same({"dataframe_records": [{"c": 1, "x": 0, "b": 2, "a": 3}]})
        self.assertIn("missing inputs ['b']", self.refused({"dataframe_records": [{"a": 1, "c": 2}]}))

    def test_params_are_taken_from_the_request_or_their_defaults(self) -> None:
        body = {"dataframe_records": TABLE.head(3).to_dict(orient="records")}
        margins, chances = self.same(body), self.same({**body, "params": {"output_margin": False, "unknown": 1}})
        self.assertNotEqual(margins, chances)
        self.same({**body, "params": {"iteration_range": [0, 1]}})

    def test_params_of_another_type_are_refused(self) -> None:
        body = {"dataframe_records": TABLE.head(3).to_dict(orient="records")}
        for params in [[1], {"output_margin": "yes"}, {"output_margin": 1}, {"iteration_range": 3}, {"other": 3}]:
            self.refused({**body, "params": params})


class Classifier(XgboostCase):
    estimator = xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(TABLE, LABELS)
    save_options = {"signature": infer_signature(TABLE)}

    def test_predictions_are_classes(self) -> None:
        self.same({"dataframe_split": TABLE.head(3).to_dict(orient="split")})
        self.same({"inputs": {"a": [1], "b": [0.5], "c": [0]}})


class Regressor(XgboostCase):
    estimator = xgboost.XGBRegressor(n_estimators=3, n_jobs=1).fit(NUMBERS, LABELS)
    save_options = {"model_format": "json", "signature": infer_signature(NUMBERS.astype("float32"))}

    def test_tensors(self) -> None:
        self.same({"inputs": ROWS})
        self.same({"dataframe_split": {"data": ROWS}})
        self.refused({"inputs": [[1, 2]]})


class Loading(unittest.TestCase):
    def test_a_class_that_is_not_of_xgboost_is_refused(self) -> None:
        archive = Archive("xgboost")
        self.addCleanup(archive.remove)
        mlflow.xgboost.save_model(train_booster(NUMBERS), archive.model, pip_requirements=["xgboost"])
        path = os.path.join(archive.model, "MLmodel")
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        for name in ["os.system", "xgboost.sklearn.os", "xgboost.sklearn.DMatrix", "subprocess.Popen"]:
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text.replace("xgboost.core.Booster", name))
            with self.assertRaisesRegex(ValueError, "Unknown model_class"):
                load_ours("xgboost", archive.path)

    def test_the_answer_is_json(self) -> None:
        archive = Archive("xgboost")
        self.addCleanup(archive.remove)
        mlflow.xgboost.save_model(train_booster(NUMBERS), archive.model, pip_requirements=["xgboost"])
        module, model = load_ours("xgboost", archive.path)
        body, content_type = module.transform_fn(model, json.dumps({"inputs": ROWS}), "application/json", "text/csv")
        self.assertEqual((len(json.loads(body)["predictions"]), content_type), (3, "application/json"))


if __name__ == "__main__":
    unittest.main()
