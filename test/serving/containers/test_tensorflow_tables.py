"""MLflow's tables, which TensorFlow Serving does not know, answered as MLflow's scoring server answers them."""
from __future__ import annotations

import base64
import json
import unittest
from typing import Any

import numpy as np

import tensorflow_models as models
from tensorflow_case import CSV, JSON, TWO_INPUTS, TensorflowCase
from worker import post

ROWS = models.floats(4, 3).round(3).tolist()
RECORDS = [dict(zip("abc", row)) for row in ROWS]
ORDERS = [
    {"price": 2.5, "count": 3, "city": "Bern", "rush": True},
    {"price": 1, "count": 0, "city": "Zürich", "rush": False},
]


def csv_of(records: list[dict[str, Any]]) -> str:
    lines = [list(records[0]), *[list(record.values()) for record in records]]
    return "".join(",".join(map(str, line)) + "\n" for line in lines)


class Modules(TensorflowCase):
    def test_a_table_is_the_tensor(self) -> None:
        self.same("scaled", {"dataframe_split": {"data": ROWS}})
        self.same("scaled", {"dataframe_split": {"columns": ["a", "b", "c"], "index": [7, 8, 9, 1], "data": ROWS}})
        self.same("scaled", {"dataframe_records": RECORDS})
        self.assertEqual(len(self.same("scaled", {"dataframe_records": RECORDS[:1]})), 1)

    def test_a_column_of_lists_is_the_tensor(self) -> None:
        self.same("scaled", {"dataframe_split": {"columns": ["x"], "data": [[row] for row in ROWS]}})
        nested = self.same("pixels", {"dataframe_records": [{"x": [1, 2, 3, 4, 5, 6]}, {"x": [6, 5, 4, 3, 2, 1]}]})
        self.assertEqual(np.shape(nested), (2, 3, 2))
        self.refused("pixels", {"dataframe_records": [{"x": [1, 2, 3]}]}, "does not match expected shape")
        self.refused("pixels", {"dataframe_records": [{"x": [[1, 2, 3], [4, 5, 6]]}]}, "flat lists")

    def test_values_are_converted_as_mlflow_converts_them(self) -> None:
        self.same("scaled", {"dataframe_records": [{"a": 1, "b": "2.5", "c": True}]})
        self.same("scaled", {"dataframe_records": [{"a": 1, "b": None, "c": 1.0}, {"a": 1, "c": 2.0, "b": 1.0}]})
        self.refused("scaled", {"dataframe_records": [{"a": 1, "b": "many", "c": 2}]}, "Failed to convert")

    def test_text(self) -> None:
        # MLflow predicts bytes, and writes them in base64.
        [first, _] = self.same("words", {"dataframe_split": {"columns": ["w"], "data": [["bern"], ["genf"]]}})
        self.assertEqual(base64.decodebytes(first.encode()), b"BERN")

    def test_csv_has_a_header(self) -> None:
        # MLflow reads no CSV for tensors; here it is one more form of a table.
        text = csv_of(RECORDS)
        self.assertEqual(self.served.reference("scaled").answer(text, CSV)[0], 400)
        expected = self.ours("scaled", {"dataframe_records": RECORDS})
        self.assertEqual(self.ours("scaled", text, CSV), expected)
        self.assertEqual(self.ours("scaled", text.replace("a,b,c", "0,1,2"), "text/csv; charset=utf-8"), expected)
        self.refused("scaled", "1,2,3\n4,5,6\n", "must name the columns", CSV)
        self.refused("scaled", "a,b,c\n", "no rows", CSV)
        self.refused("scaled", "a,b,c\n1,2\n", "row 0 has 2 values for 3 columns", CSV)
        self.refused("scaled", "", "empty", CSV)

    def test_what_is_not_a_table_is_refused(self) -> None:
        for value, reason in [
            ({"dataframe_split": {"data": [[1, 2]]}}, "does not match expected shape"),
            ({"dataframe_split": [[1, 2, 3]]}, "dataframe_split must be"),
            ({"dataframe_split": {"data": []}}, "at least one"),
            ({"dataframe_split": {"data": [[1, 2, 3], [1]]}}, "row 1 has 1 values"),
            ({"dataframe_records": {"a": 1}}, "dataframe_records must be"),
            ({"rows": [[1]]}, "exactly one"),
            ({"dataframe_records": RECORDS, "instances": ROWS}, "exactly one"),
            ([[1, 2, 3]], "exactly one"),
        ]:
            with self.subTest(value):
                self.refused("scaled", value, reason, by_mlflow=False)
        self.assertEqual(self.ours("scaled", "x", "application/x-npy")[0], 415)

    def test_a_table_is_for_predict(self) -> None:
        status, answer = self.ours("scaled", {"dataframe_records": RECORDS}, JSON, "classify")
        self.assertEqual((status, "predict only" in answer["message"]), (400, True))

    def test_several_inputs_are_columns(self) -> None:
        # MLflow has no predict for a module of several inputs; its loaded function is the measure.
        status, answer = self.ours("several", {"dataframe_records": ORDERS})
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["predictions"]["total"], [[12.5], [0.5]])
        self.assertEqual(answer["predictions"]["letters"], [4, 7])
        self.refused("several", {"dataframe_records": [{"price": 1}]}, "missing inputs", by_mlflow=False)
        wrong = [{**ORDERS[0], "count": 1.5}]
        self.refused("several", {"dataframe_records": wrong}, "not an integer", by_mlflow=False)


class Estimators(TensorflowCase):
    def test_columns_are_inputs_and_answers_are_records(self) -> None:
        for name in ("estimator", "estimator of columns"):
            with self.subTest(name):
                answers = self.same(name, {"dataframe_records": ORDERS})
                self.assertEqual([answer["total"] for answer in answers], [12.5, 0.5])

    def test_declared_types_are_enforced(self) -> None:
        name = "estimator of columns"
        expected = self.same(name, {"dataframe_records": ORDERS})
        self.assertEqual(self.same(name, {"dataframe_records": [{"x": 0, **order} for order in ORDERS]}), expected)
        self.assertEqual(self.same(name, csv_of(ORDERS), CSV), expected)
        self.same(name, {"dataframe_records": [{**ORDERS[0], "count": 3.9, "price": "2"}]})
        self.refused(name, {"dataframe_records": [{"price": 1, "town": "x"}]}, "missing inputs ['count', 'city', 'rush']")
        self.refused(name, {"dataframe_records": [{**ORDERS[0], "count": "many"}]}, "'count'")
        self.refused(name, {"dataframe_records": [{**ORDERS[0], "count": None}]}, "'count'")

    def test_an_unknown_signature_names_those_that_there_are(self) -> None:
        front = self.served.front("estimator")
        front.signature_name = "regress"
        try:
            self.refused("estimator", {"dataframe_records": ORDERS}, "It has ['predict']", by_mlflow=False)
        finally:
            front.signature_name = "predict"


class Keras(TensorflowCase):
    def test_tensors(self) -> None:
        for name in ("keras", "keras exported"):
            with self.subTest(name):
                self.same(name, {"dataframe_split": {"data": ROWS}})
                self.same(name, {"dataframe_records": RECORDS[:1]})

    def test_answers_to_a_table_are_a_table(self) -> None:
        for name in ("keras of columns", "keras unsigned"):
            with self.subTest(name):
                answers = self.same(name, {"dataframe_split": {"columns": ["a", "b", "c"], "data": ROWS}})
                self.assertEqual(list(answers[0]), ["0", "1"])
        reordered = [{"c": row["c"], "x": 1, "b": row["b"], "a": row["a"]} for row in RECORDS]
        self.equal(self.same("keras of columns", {"dataframe_records": reordered}), answers)
        self.equal(self.same("keras of columns", csv_of(reordered), CSV), answers)

    def test_named_tensors(self) -> None:
        flat = [{"wide": wide.tolist(), "deep": deep.ravel().tolist()} for wide, deep in zip(*TWO_INPUTS.values())]
        self.same("two inputs", {"dataframe_records": flat})
        self.refused("two inputs", {"dataframe_records": [{"wide": [1, 2]}]}, "missing inputs ['deep']")
        self.refused("two inputs", {"dataframe_records": [{"wide": 1, "deep": 2}]}, "column of scalars")


class OwnRequests(TensorflowCase):
    def test_go_to_tensorflow_serving_untouched(self) -> None:
        for body in [{"instances": ROWS}, {"inputs": ROWS}, {"instances": "x"}, {"inputs": [[1]]}, "{", ""]:
            with self.subTest(body):
                text = body if isinstance(body, str) else json.dumps(body)
                status, answer, _ = post(self.served.uri("scaled"), text)
                self.assertEqual(self.ours("scaled", text), (status, json.loads(answer)))
        expected = self.same("scaled", {"dataframe_split": {"data": ROWS}})
        self.equal(self.ours("scaled", {"instances": ROWS})[1], {"predictions": expected})
        self.equal(self.ours("scaled", {"inputs": ROWS})[1], {"outputs": expected})


if __name__ == "__main__":
    unittest.main()
