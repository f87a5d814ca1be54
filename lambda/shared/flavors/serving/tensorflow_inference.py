"""Goes into archives as code/inference.py: MLflow's request forms for a SavedModel behind TensorFlow Serving.

AWS's TensorFlow inference image calls `handler` for each request. TensorFlow Serving's own requests go to it untouched,
and so do its answers. MLflow's tables (dataframe_split, dataframe_records, CSV), which it does not know, are converted
by the model's signature, and answered as `mlflow models serve` answers. Standard library only: the image has neither
tensorflow nor numpy for its scripts.
"""
from __future__ import annotations

import json
import os
import sys
from typing import Any

from tfs_answers import ESTIMATOR, model_type_of, predictions
from tfs_client import DEFAULT_SIGNATURE, ServingError, call, predict, signature_def
from tfs_spec import InvalidInput, specs_of_mlmodel
from tfs_table import Table, table_of_csv, table_of_records, table_of_split
from tfs_tensors import inputs_of_table

JSON = "application/json"
CSV = "text/csv"
TABLES = {"dataframe_split": table_of_split, "dataframe_records": table_of_records}
# `examples` is of TensorFlow Serving's classify and regress.
OWN_FIELDS = ("instances", "inputs", "examples")
REASONS = {400: "Bad Request", 404: "Not Found", 415: "Unsupported Media Type", 429: "Too Many Requests",
           500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable"}


def load_mlmodel() -> dict[str, Any]:
    """The MLmodel file, which the archive has as JSON; the image has no parser for YAML."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "mlmodel.json"), encoding="utf-8") as stream:
        return json.load(stream)


MLMODEL = load_mlmodel()
SPECS = specs_of_mlmodel(MLMODEL)
MODEL_TYPE = model_type_of(MLMODEL)
SIGNATURE = ((MLMODEL.get("flavors") or {}).get("tensorflow") or {}).get("signature_def_key") or DEFAULT_SIGNATURE


def handler(data: Any, context: Any) -> tuple[Any, str]:
    """The image's entry point: `data` is the request's stream; gives the body and the content type of the answer."""
    status, body = answer(data.read(), context)
    if status != 200 and not set_status(status):
        raise ValueError(body if isinstance(body, str) else body.decode("utf-8", "replace"))
    return body, JSON


def set_status(status: int) -> bool:
    """Give the response a status of its own. False when it cannot be had.

    The image has no way for a handler to say one: it sets 200 before the call, and 500 for whatever is raised, so that
    a client's mistake would count as the endpoint's. Its response is a variable of the function that called `handler`.
    """
    response = sys._getframe(2).f_locals.get("res")
    if response is None or not hasattr(response, "status"):
        return False
    response.status = f"{status} {REASONS.get(status, 'Error')}"
    return True


def answer(body: bytes, context: Any) -> tuple[int, Any]:
    """The status and the body of the answer to a request."""
    media = (context.request_content_type or JSON).split(";")[0].strip().lower()
    try:
        if media == CSV:
            return 200, answer_table(table_of_csv(body.decode("utf-8-sig")), context)
        if media != JSON:
            return refusal(415, f"Only {JSON} and {CSV} are supported, got '{context.request_content_type}'.")
        document = parsed(body)
        forms = [form for form in (*TABLES, *OWN_FIELDS) if isinstance(document, dict) and form in document]
        if document is None or (len(forms) == 1 and forms[0] in OWN_FIELDS):
            return call("POST", context.rest_uri, body)
        if len(forms) != 1:
            raise InvalidInput(f"The input must be a JSON dictionary with exactly one of {[*TABLES, *OWN_FIELDS[:2]]}.")
        return 200, answer_table(TABLES[forms[0]](document[forms[0]]), context)
    except (InvalidInput, UnicodeDecodeError) as error:
        return refusal(400, f"Invalid input. {error}")
    except ServingError as error:
        return refusal(error.status, f"The model could not evaluate this input. {error}")


def parsed(body: bytes) -> Any:
    """The document, or None for what is no JSON: TensorFlow Serving says why."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def answer_table(table: Table, context: Any) -> str:
    """MLflow's answer for a table."""
    if context.method not in (None, "predict"):
        raise InvalidInput(f"A table can be sent to predict only, not to {context.method}.")
    saved = signature_def(context.rest_uri, SIGNATURE)
    has_tensors = bool(SPECS) and SPECS[0].shape is not None
    by_name = MODEL_TYPE == ESTIMATOR or len(saved["inputs"]) > 1
    inputs = inputs_of_table(table, SPECS, saved["inputs"], by_name)
    outputs = predict(context.rest_uri, SIGNATURE, inputs)
    return json.dumps({"predictions": predictions(outputs, saved["outputs"], MODEL_TYPE, not has_tensors)})


def refusal(status: int, message: str) -> tuple[int, str]:
    """A refusal in the shape of MLflow's own errors."""
    code = "BAD_REQUEST" if status < 500 else "INTERNAL_ERROR"
    return status, json.dumps({"error_code": code, "message": message})
