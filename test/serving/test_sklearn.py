"""sklearn models as MLflow saves them, answered by our inference.py as MLflow's scoring server answers them."""
from __future__ import annotations

import json
import unittest

import mlflow.sklearn
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, Schema
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from archive import our_answer
from scoring_case import ScoringCase

PARQUET = "application/vnd.apache.parquet"

CSV, JSON = "text/csv", "application/json"
NUMBERS = np.array([[0.0, 1.0, 2.0], [1.0, 0.5, 0.0], [2.0, 2.0, 1.0], [0.5, 3.0, 3.0]])
LABELS = np.array([0, 1, 1, 0])
TABLE = pd.DataFrame({"size": [1.0, 2.5, 3.0, 4.0], "rooms": [1, 2, 3, 4], "city": ["Bern", "Genf", "Bern", "Chur"]})


class SklearnCase(ScoringCase):
    flavor = mlflow.sklearn


class WithoutSignature(SklearnCase):
    estimator = LogisticRegression().fit(NUMBERS, LABELS)
    save_options = {"serialization_format": "skops"}

    def test_every_form_of_input(self) -> None:
        rows = NUMBERS.tolist()
        self.same({"inputs": rows})
        self.same({"instances": rows})
        self.same({"dataframe_split": {"columns": ["a", "b", "c"], "data": rows}})
        self.same({"dataframe_split": {"data": rows, "index": [7, 8, 9, 10]}})
        self.same({"dataframe_records": [{"a": 1, "b": 2, "c": 3.5}]})
        self.same("a,b,c\n1,2,3\n4,5,6\n", CSV)

    def test_a_charset_parameter_is_tolerated(self) -> None:
        self.same({"inputs": NUMBERS.tolist()}, "application/json; charset=utf-8")
        self.same("a,b,c\n1,2,3\n".encode(), "text/csv;charset=UTF-8")

    def test_other_fields_and_params_are_ignored(self) -> None:
        self.same({"inputs": NUMBERS.tolist(), "params": {"x": 1}, "note": "kept out"})

    def test_bad_bodies_are_refused(self) -> None:
        for body in ["not json", b"\xff\xfe", "", [1, 2], "3", {}, {"rows": []}, {"inputs": [[1]], "instances": [[1]]}]:
            self.refused(body)
        for split in [[1], {"columns": ["a"]}, {"data": [[1]], "extra": 1}, {"columns": ["a", "b"], "data": [[1]]}]:
            self.refused({"dataframe_split": split})
        self.refused({"dataframe_records": {"a": 1}})
        self.refused("", CSV)

    def test_the_refusal_says_why(self) -> None:
        message = json.loads(self.refused({"rows": []}))["message"]
        self.assertIn("exactly one of the input fields", message)
        self.assertIn("rows", message)

    def test_an_input_that_the_model_cannot_take_is_refused_with_its_reason(self) -> None:
        self.assertIn("features", self.refused({"inputs": [[1.0]]}))
        self.refused({"inputs": [["a", "b", "c"]]})
        self.refused({"inputs": []})
        self.refused({"inputs": {"a": [1]}})
        self.refused({"inputs": [[None, 1, 2]]})

    def test_other_content_types_are_unsupported(self) -> None:
        for content_type in ["application/x-npy", "text/plain", f"{JSON}; charset=latin-1", f"{JSON}; profile=x"]:
            self.assertIn("support", self.refused({"inputs": [[1, 2, 3]]}, content_type, 415))

    def test_a_missing_content_type_is_json(self) -> None:
        self.assertEqual(our_answer(self.model, '{"inputs": [[1, 2, 3]]}', None)[0], 200)


class WithTensorSignature(SklearnCase):
    estimator = LogisticRegression().fit(NUMBERS, LABELS)
    save_options = {"signature": infer_signature(NUMBERS, LABELS), "serialization_format": "cloudpickle"}

    def test_every_form_of_input(self) -> None:
        self.same({"inputs": NUMBERS.tolist()})
        self.same({"instances": [[1, 2, 3]]})
        self.same({"dataframe_split": {"columns": ["a", "b", "c"], "data": [[1, 2, 3]]}})
        self.same({"dataframe_records": [{"a": 1, "b": 2, "c": 3}]})

    def test_another_shape_or_type_is_refused(self) -> None:
        self.assertIn("expected shape (-1, 3)", self.refused({"inputs": [[1, 2]]}))
        for inputs in [[1, 2, 3], [[1, 2], [1]], [["a", "b", "c"]], 4, {"a": [1]}, []]:
            self.refused({"inputs": inputs})
        self.refused({"dataframe_split": {"data": [[1, 2]]}})
        self.refused({"dataframe_split": {"data": []}})

    def test_csv_is_refused_as_mlflow_refuses_it(self) -> None:
        self.assertIn("tensor", self.refused("a,b,c\n1,2,3\n", CSV))


class PipelineOnTable(SklearnCase):
    estimator = make_pipeline(
        ColumnTransformer([("city", OneHotEncoder(handle_unknown="ignore"), ["city"])], remainder="passthrough"),
        LinearRegression(),
    ).fit(TABLE, [10.0, 20.0, 30.0, 40.0])
    save_options = {"signature": infer_signature(TABLE), "serialization_format": "pickle"}

    def test_every_form_of_input(self) -> None:
        records = TABLE.to_dict(orient="records")
        self.same({"dataframe_records": records})
        self.same({"dataframe_split": TABLE.to_dict(orient="split")})
        self.same({"instances": records})
        self.same({"inputs": TABLE.to_dict(orient="list")})
        self.same({"inputs": records})
        self.same(TABLE.to_csv(index=False), CSV)
        self.same({"inputs": {"size": 2.0, "rooms": 3, "city": "Bern"}})

    def test_parquet(self) -> None:
        self.same(TABLE.to_parquet(), PARQUET)
        self.refused(b"PAR1", PARQUET)
        self.refused(TABLE.drop(columns=["city"]).to_parquet(), PARQUET)

    def test_columns_are_taken_by_name(self) -> None:
        row = {"city": "Genf", "note": "dropped", "rooms": 2, "size": 2.5}
        self.assertEqual(
            self.same({"dataframe_records": [row]}),
            self.same({"dataframe_records": [{"size": 2.5, "rooms": 2, "city": "Genf"}]}),
        )
        self.same("note,city,rooms,size\nx,Genf,2,2.5\n", CSV)

    def test_types_are_converted_as_mlflow_converts_them(self) -> None:
        self.same({"dataframe_records": [{"size": 2, "rooms": 2.0, "city": "Genf"}]})
        self.same({"dataframe_records": [{"size": "2.5", "rooms": "2", "city": "Genf"}]})
        self.same({"dataframe_records": [{"size": 2, "rooms": 2.9, "city": "Genf"}]})
        self.same({"inputs": {"size": [1, 2], "rooms": [True, 3], "city": ["Bern", "x"]}})
        rows = [{"size": 2.5, "rooms": 2, "city": None}, {"size": 1, "rooms": 2, "city": "x"}]
        self.same({"dataframe_records": rows})

    def test_a_missing_column_is_named(self) -> None:
        for body in [{"dataframe_records": [{"size": 1, "town": "x"}]}, {"inputs": {"size": [1.0], "town": ["x"]}}]:
            refusal = self.refused(body)
            self.assertIn("missing inputs ['rooms', 'city']", refusal)
            self.assertIn("town", refusal)
        self.assertIn("rooms", self.refused("size,city\n1,Bern\n", CSV))

    def test_what_cannot_be_converted_is_named(self) -> None:
        self.assertIn("rooms", self.refused({"dataframe_records": [{"size": 1, "rooms": "many", "city": "x"}]}))
        self.refused({"dataframe_records": [{"size": 1, "rooms": None, "city": "x"}]})
        self.refused({"inputs": {"size": [1], "rooms": ["many"], "city": ["x"]}})
        self.refused("size,rooms,city\n1,many,x\n", CSV)
        self.refused({"inputs": {"size": [1, 2], "rooms": [1], "city": ["x"]}})
        self.refused({"instances": {"size": [1, 2], "rooms": [1], "city": ["x"]}})
        self.refused({"inputs": [[1.0, 2, "Bern"]]})


class NarrowTypes(SklearnCase):
    estimator = LogisticRegression().fit(NUMBERS, LABELS)
    save_options = {
        "signature": ModelSignature(
            Schema([ColSpec("float", "f"), ColSpec("integer", "i"), ColSpec("boolean", "b", required=False)])
        ),
        "serialization_format": "cloudpickle",
    }

    def test_narrow_types_and_optional_columns(self) -> None:
        self.same({"dataframe_records": [{"f": 0.1, "i": 7, "b": True}]})
        self.same({"instances": [{"f": 0.1, "i": 7, "b": True}, {"f": 2, "i": 0, "b": False}]})
        self.same("f,i,b\n0.1,7,True\n", CSV)
        self.assertIn("features", self.refused({"dataframe_records": [{"f": 0.1, "i": 7}]}))
        self.refused({"dataframe_records": [{"f": 0.1, "i": 2**40, "b": "maybe", "b2": 1}, {"i": "x"}]})

    def test_what_the_model_receives_has_the_declared_types(self) -> None:
        signature = self.model.signature
        data = signature.enforce(signature.cast_frame(pd.DataFrame([{"i": 7, "f": 0.1, "b": 1}])))
        self.assertEqual([str(dtype) for dtype in data.dtypes], ["float32", "int32", "bool"])
        self.assertEqual(list(data.columns), ["f", "i", "b"])


class UnnamedColumns(SklearnCase):
    estimator = LogisticRegression().fit(NUMBERS, LABELS)
    save_options = {"signature": ModelSignature(Schema([ColSpec("double")] * 3)), "serialization_format": "cloudpickle"}

    def test_columns_are_taken_by_position(self) -> None:
        self.same({"inputs": [[1, 2, 3]]})
        self.same({"dataframe_split": {"data": [[1, 2, 3, 4]]}})
        self.refused({"dataframe_split": {"data": [[1, 2]]}})
        self.refused({"inputs": {"a": [1]}})


class Probabilities(SklearnCase):
    estimator = LogisticRegression().fit(NUMBERS, LABELS)
    save_options = {"pyfunc_predict_fn": "predict_proba"}

    def test_the_named_method_predicts(self) -> None:
        predictions = json.loads(self.same({"inputs": NUMBERS.tolist()}))["predictions"]
        self.assertEqual(len(predictions[0]), 2)


class TextLabels(SklearnCase):
    estimator = LogisticRegression().fit(NUMBERS, ["no", "yes", "yes", "no"])

    def test_labels_of_text(self) -> None:
        self.assertIn("yes", self.same({"inputs": NUMBERS.tolist()}))


if __name__ == "__main__":
    unittest.main()
