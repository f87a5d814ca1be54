"""The stand-in for TensorFlow Serving: its REST API in rows and in columns, and what it refuses."""
from __future__ import annotations

import json
import unittest
import urllib.request
from typing import Any

from tensorflow_case import TensorflowCase
from worker import post, send

ORDER = {"price": 2.5, "count": 3, "city": "Bern", "rush": True}


class RestApi(TensorflowCase):
    def predict(self, model: str, body: Any) -> tuple[int, Any]:
        status, answer, content_type = post(self.served.uri(model), body)
        self.assertEqual(content_type, "application/json")
        return status, json.loads(answer)

    def get(self, path: str) -> tuple[int, Any]:
        status, answer, _ = send(urllib.request.Request(self.served.server.url + path))
        return status, json.loads(answer)

    def error(self, model: str, body: Any, status: int = 400) -> str:
        found, answer = self.predict(model, body)
        self.assertEqual((found, list(answer)), (status, ["error"]), answer)
        return answer["error"]

    def test_rows(self) -> None:
        self.assertEqual(self.predict("scaled", {"instances": [[1, 0, 0]]})[1], {"predictions": [[1.5, 0.1]]})
        self.assertEqual(self.predict("scaled", {"instances": [{"features": [0, 2, 0]}]})[1], {"predictions": [[4.0, -2.0]]})
        status, answer = self.predict("several", {"instances": [ORDER, {**ORDER, "rush": False}]})
        self.assertEqual(status, 200, answer)
        first, second = answer["predictions"]
        self.assertEqual(first, {"total": [12.5], "letters": 4, "name_bytes": {"b64": "QmVybg=="}})
        self.assertEqual(second["total"], [8.0])

    def test_columns(self) -> None:
        self.assertEqual(self.predict("scaled", {"inputs": {"features": [[1, 0, 0]]}})[1], {"outputs": [[1.5, 0.1]]})
        _, answer = self.predict("several", {"inputs": {name: [value] for name, value in ORDER.items()}})
        self.assertEqual(answer["outputs"]["total"], [[12.5]])
        _, answer = self.predict("words", {"inputs": [{"b64": "YWJj"}, "é"]})
        self.assertEqual(answer["outputs"], ["ABC", "é"])

    def test_nested_values(self) -> None:
        _, answer = self.predict("pixels", {"instances": [[[3, 6, 9], [12, 15, 18]]]})
        self.assertEqual(answer["predictions"], [[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]])

    def test_a_signature_by_its_name(self) -> None:
        rows = [ORDER]
        self.assertIn('"serving_default" not found', self.error("estimator", {"instances": rows}))
        status, answer = self.predict("estimator", {"signature_name": "predict", "instances": rows})
        self.assertEqual((status, answer["predictions"][0]["total"]), (200, [12.5]))
        self.assertIn("must be a string", self.error("scaled", {"signature_name": 1, "instances": rows}))

    def test_floats_are_written_short_and_whole(self) -> None:
        _, answer, _ = post(self.served.uri("pixels"), {"inputs": [[[1, 3, 3000000], [0, 0, 0]]]})
        self.assertIn("[[[0.333333343, 0.0], [1.0, 0.0], [1e+06, 0.0]]]", answer)
        _, answer, _ = post(self.served.uri("scaled"), '{"inputs": [[NaN, 1, -Infinity]]}')
        self.assertIn("[[NaN, NaN]]", answer)

    def test_values_are_not_converted(self) -> None:
        self.assertIn("not of expected type: int32", self.error("pixels", {"inputs": [[[1.5, 1, 1], [1, 1, 1]]]}))
        self.assertIn("not of expected type: int32", self.error("pixels", {"inputs": [[[2**31, 1, 1], [1, 1, 1]]]}))
        self.assertIn("not of expected type: float", self.error("scaled", {"inputs": [["1", 2, 3]]}))
        self.assertIn("Type: Null", self.error("scaled", {"inputs": [[None, 2, 3]]}))
        self.assertIn("not of expected type", self.error("scaled", {"inputs": [[True, 2, 3]]}))
        self.assertIn("not of expected type", self.error("words", {"inputs": [1]}))
        self.assertIn("base64", self.error("words", {"inputs": [{"b64": "&"}]}))

    def test_shapes_that_do_not_fit(self) -> None:
        self.error("scaled", {"inputs": [[1, 2]]})
        self.error("scaled", {"inputs": [1, 2, 3]})
        self.assertIn("unexpected size", self.error("scaled", {"inputs": [[1, 2, 3], [1]]}))
        self.assertIn("unexpected level", self.error("scaled", {"inputs": [1, [2]]}))
        self.assertIn("incorrect level", self.error("scaled", {"inputs": [[1, 2, 3], 1]}))
        self.assertIn("Expecting tensor size", self.error("scaled", {"instances": [[1, 2, 3], [1]]}))
        columns = {name: [value] * 3 for name, value in ORDER.items()}
        self.error("several", {"inputs": {**columns, "price": [1, 2]}})

    def test_requests_that_are_none(self) -> None:
        for model, body, reason in [
            ("scaled", "", "The document is empty"),
            ("scaled", "{", "JSON Parse error"),
            ("scaled", "[1]", "Is not object"),
            ("scaled", {}, "Missing 'inputs' or 'instances' key"),
            ("scaled", {"inputs": [], "instances": []}, "only one of"),
            ("scaled", {"instances": []}, "No values"),
            ("scaled", {"instances": 1}, "to be an list/array"),
            ("scaled", {"instances": [{"x": [1, 2, 3]}]}, "does not have named input: x"),
            ("several", {"instances": [1]}, "expecting list of objects"),
            ("several", {"instances": [{"price": 1}]}, "keys must be equal to: city,count,price,rush"),
            ("several", {"inputs": [1]}, "expecting an object"),
            ("several", {"inputs": {"price": [1]}}, "Missing named input"),
        ]:
            with self.subTest(body):
                self.assertIn(reason, self.error(model, body))

    def test_status_and_metadata(self) -> None:
        status, answer = self.get("/v1/models/scaled")
        [version] = answer["model_version_status"]
        self.assertEqual((status, version["version"], version["state"]), (200, "1", "AVAILABLE"))
        _, answer = self.get("/v1/models/scaled/metadata")
        signature = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]
        self.assertEqual(signature["inputs"]["features"]["dtype"], "DT_FLOAT")
        self.assertEqual([size["size"] for size in signature["inputs"]["features"]["tensor_shape"]["dim"]], ["-1", "3"])

    def test_what_is_not_there(self) -> None:
        self.assertIn("Servable not found", self.error("missing", {"inputs": []}, 404))
        self.assertEqual(self.get("/v1/models/missing")[0], 404)
        self.assertEqual(self.get("/v1/models/scaled/versions/7")[0], 404)
        self.assertEqual(send(urllib.request.Request(self.served.server.url + "/other"))[:2], (404, ""))
        self.assertIn("Malformed request", json.loads(post(self.served.server.url + "/v1/models/scaled", {})[1])["error"])
        uri = self.served.uri("scaled").replace(":predict", ":classify")
        self.assertEqual(post(uri, {"examples": [{}]})[0], 501)


if __name__ == "__main__":
    unittest.main()
