"""A container's model server in a process of its own, where `import mlflow` fails as it does in AWS's images.

    python container.py <flask|inference> <model dir>    requests on stdin, answers on stdout, both JSON

`inference` is sagemaker_inference's Transformer, which users' own images may have. `flask` does what sagemaker_containers does
around a user's transform_fn: whatever the function raises becomes a ClientError, a tuple a response, anything else is the response.
test/sandbox/servers/sagemaker-framework-images.test.ts runs sagemaker_containers itself.
"""
from __future__ import annotations

import json
import os
import sys
from typing import Any

Answer = dict[str, Any]
Request = dict[str, str]


def with_flask(model_dir: str, requests: list[Request]) -> list[Answer]:
    import flask
    import inference

    class ClientError(Exception):
        """Stands for sagemaker_containers' error class: a 500."""

    model = inference.model_fn(model_dir)
    app = flask.Flask("inference")

    @app.post("/invocations")
    def transform() -> flask.Response:
        content_type = flask.request.headers["Content-Type"]
        content = flask.request.get_data(as_text=content_type in ("application/json", "text/csv"))
        try:
            result = inference.transform_fn(model, content, content_type, "application/json")
        except Exception as error:
            raise ClientError(error) from error
        return flask.Response(result[0], mimetype=result[1]) if isinstance(result, tuple) else result

    answers = []
    for request in requests:
        headers = {"Content-Type": request["contentType"]}
        response = app.test_client().post("/invocations", data=request["body"].encode("utf-8"), headers=headers)
        answers.append({"status": response.status_code, "body": response.text, "contentType": response.content_type})
    return answers


class Context:
    """The multi model server's request context, as far as the Transformer looks at it."""

    def __init__(self, model_dir: str, content_type: str) -> None:
        self.system_properties = {"model_dir": model_dir}
        self.request_processor = [self]
        self.content_type, self.status, self.response_type = content_type, 200, ""

    def get_request_properties(self) -> dict[str, str]:
        return {"Content-Type": self.content_type}

    def set_response_status(self, code: int, phrase: str) -> None:
        self.status = code

    def set_response_content_type(self, _: int, content_type: str) -> None:
        self.response_type = content_type


def with_inference(model_dir: str, requests: list[Request]) -> list[Answer]:
    from sagemaker_inference.transformer import Transformer

    transformer = Transformer()
    answers = []
    for request in requests:
        context = Context(model_dir, request["contentType"])
        [body] = transformer.transform([{"body": request["body"].encode("utf-8")}], context)
        answers.append({"status": context.status, "body": body, "contentType": context.response_type})
    return answers


def main() -> None:
    toolkit, model_dir = sys.argv[1:]
    sys.modules["mlflow"] = None  # type: ignore[assignment]  # any import of it raises ImportError
    os.environ["SAGEMAKER_PROGRAM"] = "inference.py"
    os.environ["SAGEMAKER_SUBMIT_DIRECTORY"] = os.path.join(model_dir, "code")
    sys.path[0] = os.path.join(model_dir, "code")  # in place of this script's folder
    serve = {"flask": with_flask, "inference": with_inference}[toolkit]
    json.dump(serve(model_dir, json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
