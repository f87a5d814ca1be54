"""Archives for AWS's TensorFlow inference image, in its stand-in: with our script, with others, and with none."""
from __future__ import annotations

import json
import unittest
from typing import Any

import tensorflow_models as models
from tensorflow_case import CSV, TensorflowCase, saved_model_of
from worker import Container

KIND = "tensorflow_serving"
ROWS = models.floats(3, 3).round(3).tolist()

# Says what a script is given, and what it can import.
CURIOUS = """
import importlib, json, sys

def can_import(name):
    try:
        importlib.import_module(name)
        return True
    except ImportError:
        return False

def handler(data, context):
    modules = ["tensorflow", "numpy", "mlflow", "pandas", "yaml", "requests", "boto3", "grpc", "google.protobuf", "helper"]
    answer = {"context": context._asdict(), "fields": context._fields, "body": data.read().decode(),
              "again": data.read().decode(), "imports": [name for name in modules if can_import(name)],
              "loaded": [name for name in modules if name in sys.modules]}
    return json.dumps(answer), "application/x-own"
"""

PAIR = """
import json

def input_handler(data, context):
    if context.request_content_type != "text/plain":
        raise ValueError("only text")
    return json.dumps({"instances": [[float(part) for part in data.read().decode().split()]]})

def output_handler(response, context):
    return response.content + b"!", context.accept_header
"""


class TensorflowContainer(TensorflowCase):
    def container(self, files: dict[str, Any]) -> Container:
        container = Container(KIND, files)
        self.addCleanup(container.stop)
        return container

    def with_script(self, script: str, **files: str) -> Container:
        return self.container({"1": saved_model_of(self.served.folders["scaled"]), "code/inference.py": script, **files})

    def test_our_archive_answers_as_mlflow_does(self) -> None:
        folder = self.served.folders["scaled"]
        container = self.container(models.archive_of(folder, "tf2model"))
        self.assertEqual(container.ping(), (200, ""), container.said())
        body = {"dataframe_split": {"columns": ["a", "b", "c"], "data": ROWS}}
        status, answer, content_type = container.invoke_whole(body)
        self.assertEqual((status, content_type), (200, "application/json"), answer)
        _, expected = self.served.reference("scaled").answer(json.dumps(body), "application/json")
        self.equal(json.loads(answer), json.loads(expected))
        self.assertEqual(container.invoke("a,b,c\n1,0,0\n", CSV)[1], '{"predictions": [[1.5, 0.1]]}')
        self.assertEqual(json.loads(container.invoke({"inputs": [[1, 0, 0]]})[1]), {"outputs": [[1.5, 0.1]]})
        # A handler cannot say a status; ours gives a client's mistakes that of a client's mistake all the same.
        for mistake in ({"inputs": [[1]]}, {"dataframe_split": {"data": [[1]]}}, {"rows": []}, "{"):
            self.assertEqual(container.invoke(mistake)[0], 400, mistake)
        self.assertEqual(container.invoke("x", "text/plain")[0], 415)
        attributes = {"X-Amzn-SageMaker-Custom-Attributes": "tfs-model-name=other"}
        self.assertEqual(container.invoke({"inputs": ROWS}, headers=attributes)[0], 404)

    def test_a_script_sees_what_the_image_has(self) -> None:
        container = self.with_script(CURIOUS, **{"code/helper.py": ""})
        headers = {"X-Amzn-SageMaker-Custom-Attributes": "a=b,tfs-model-version=1,tfs-method=regress", "Accept": "x/y"}
        status, text, content_type = container.invoke_whole("body", "text/own", headers)
        self.assertEqual((status, content_type), (200, "application/x-own"), text)
        answer = json.loads(text)
        self.assertEqual(answer["imports"], ["requests", "boto3", "grpc", "google.protobuf", "helper"])
        self.assertEqual((answer["body"], answer["again"]), ("body", ""))
        context = answer["context"]
        self.assertEqual(
            answer["fields"],
            ["model_name", "model_version", "method", "rest_uri", "grpc_port", "channel", "custom_attributes",
             "request_content_type", "accept_header", "content_length"],
        )
        self.assertRegex(context["rest_uri"], r"^http://localhost:\d+/v1/models/model/versions/1:regress$")
        self.assertEqual((context["model_name"], context["method"], context["content_length"]), (None, "regress", 4))
        self.assertEqual((context["request_content_type"], context["accept_header"]), ("text/own", "x/y"))

    def test_the_pair_of_handlers(self) -> None:
        container = self.with_script(PAIR)
        status, answer, content_type = container.invoke_whole("1 0 0", "text/plain", {"Accept": "application/json"})
        self.assertEqual((status, content_type, answer[-1]), (200, "application/json", "!"))
        self.assertEqual(json.loads(answer[:-1]), {"predictions": [[1.5, 0.1]]})
        # Whatever a handler raises is a 500 in this image.
        self.assertEqual(container.invoke("x"), (500, '{"error": "only text"}'))

    def test_without_a_script_the_image_converts(self) -> None:
        container = self.container({"model/0000001": saved_model_of(self.served.folders["scaled"])})
        self.assertEqual(container.ping()[0], 200)
        for body, content_type in [
            ({"instances": [[1, 0, 0]]}, "application/json"),
            ([[1, 0, 0]], "application/json"),
            ([1, 0, 0], "application/json"),
            ("1,0,0", CSV),
        ]:
            status, answer = container.invoke(body, content_type)
            self.assertEqual((status, json.loads(answer)), (200, {"predictions": [[1.5, 0.1]]}), body)
        status, answer = container.invoke("[1, 0, 0]\n[1, 0, 0]\n", "application/jsonlines")
        self.assertEqual((status, len(json.loads(answer)["predictions"])), (200, 2))
        self.assertEqual(container.invoke("a,b,c\n1,2,3", CSV)[0], 400)
        self.assertEqual(container.invoke("x", "text/plain"), (415, '{"error": "Unsupported Media Type: text/plain"}'))

    def test_with_requirements_only_errors_are_successes(self) -> None:
        container = self.container({"1": saved_model_of(self.served.folders["scaled"]), "code/requirements.txt": "requests\n"})
        self.assertEqual(container.invoke({"instances": [[1, 0, 0]]})[0], 200)
        status, answer = container.invoke({"instances": [[1]]})
        self.assertEqual((status, list(json.loads(answer))), (200, ["error"]))

    def test_archives_that_cannot_be_served(self) -> None:
        saved = saved_model_of(self.served.folders["scaled"])
        for files, reason in [
            ({"data/model.keras": "x"}, "no SavedModel bundles found!"),
            ({"tf2model": saved}, "It has tf2model/saved_model.pb."),
            ({"a/b/1": saved, "c/b/1": saved}, "two models of one name"),
            ({"1": saved, "code/requirements.txt": "no-such-package==1\n"}, "'no-such-package==1' is not installed"),
        ]:
            with self.subTest(reason):
                container = self.container(files)
                self.assertEqual(container.report.get("stage"), "container")
                self.assertIn(reason, container.report["reason"])

    def test_models_and_scripts_that_do_not_load(self) -> None:
        for files, reason in [
            ({"1/saved_model.pb": "rubbish"}, "TensorFlow Serving could not load version 1 of model"),
            ({"1": saved_model_of(self.served.folders["scaled"]), "code/inference.py": "x = 1"}, "not implemented correctly"),
            ({"1": saved_model_of(self.served.folders["scaled"]), "code/inference.py": "import numpy"}, "No module named 'numpy'"),
        ]:
            with self.subTest(reason):
                status, answer = self.container(files).ping()
                self.assertEqual(status, 500)
                self.assertIn(reason, answer)


if __name__ == "__main__":
    unittest.main()
