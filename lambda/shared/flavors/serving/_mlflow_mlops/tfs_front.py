"""MLflow's request forms for a SavedModel behind TensorFlow Serving.

TensorFlow Serving's own requests go to it untouched, and so do its answers. MLflow's tables (dataframe_split,
dataframe_records, CSV), which it does not know, are converted by the model's signature, and answered as `mlflow models
serve` answers.
"""
from __future__ import annotations

import json
from typing import Any

from .tfs_answers import ESTIMATOR, model_type_of, predictions
from .tfs_client import DEFAULT_SIGNATURE, ServingError, call, predict, signature_def
from .tfs_spec import InvalidInput, specs_of_mlmodel
from .tfs_table import Table, table_of_csv, table_of_records, table_of_split
from .tfs_tensors import inputs_of_table

JSON = "application/json"
CSV = "text/csv"
TABLES = {"dataframe_split": table_of_split, "dataframe_records": table_of_records}
# `examples` is of TensorFlow Serving's classify and regress.
OWN_FIELDS = ("instances", "inputs", "examples")


class Front:
    """What stands before TensorFlow Serving for one model, by what the model's MLmodel says."""

    def __init__(self, mlmodel: dict[str, Any]) -> None:
        config = (mlmodel.get("flavors") or {}).get("tensorflow") or {}
        self.specs = specs_of_mlmodel(mlmodel)
        self.model_type = model_type_of(mlmodel)
        self.signature_name = config.get("signature_def_key") or DEFAULT_SIGNATURE

    def answer(self, body: bytes, context: Any) -> tuple[int, Any]:
        """The status and the body, which is JSON, of the answer to a request."""
        media = (context.request_content_type or JSON).split(";")[0].strip().lower()
        try:
            if media == CSV:
                return 200, self.answer_table(table_of_csv(body.decode("utf-8-sig")), context)
            if media != JSON:
                return refusal(415, f"Only {JSON} and {CSV} are supported, got '{context.request_content_type}'.")
            document = parsed(body)
            forms = [form for form in (*TABLES, *OWN_FIELDS) if isinstance(document, dict) and form in document]
            if document is None or (len(forms) == 1 and forms[0] in OWN_FIELDS):
                return call("POST", context.rest_uri, body)
            if len(forms) != 1:
                expected = [*TABLES, *OWN_FIELDS[:2]]
                raise InvalidInput(f"The input must be a JSON dictionary with exactly one of the fields {expected}.")
            return 200, self.answer_table(TABLES[forms[0]](document[forms[0]]), context)
        except (InvalidInput, UnicodeDecodeError) as error:
            return refusal(400, f"Invalid input. {error}")
        except ServingError as error:
            return refusal(error.status, f"The model could not evaluate this input. {error}")

    def answer_table(self, table: Table, context: Any) -> str:
        """MLflow's answer for a table."""
        if context.method not in (None, "predict"):
            raise InvalidInput(f"A table can be sent to predict only, not to {context.method}.")
        saved = signature_def(context.rest_uri, self.signature_name)
        by_name = self.model_type == ESTIMATOR or len(saved["inputs"]) > 1
        inputs = inputs_of_table(table, self.specs, saved["inputs"], by_name)
        outputs = predict(context.rest_uri, self.signature_name, inputs)
        # For a signature of tensors MLflow makes arrays of a table before the model sees it.
        from_table = not self.specs or self.specs[0].shape is None
        return json.dumps({"predictions": predictions(outputs, saved["outputs"], self.model_type, from_table)})


def parsed(body: bytes) -> Any:
    """The document, or None for what is no JSON: TensorFlow Serving says why."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def refusal(status: int, message: str) -> tuple[int, str]:
    """A refusal in the shape of MLflow's own errors."""
    code = "BAD_REQUEST" if status < 500 else "INTERNAL_ERROR"
    return status, json.dumps({"error_code": code, "message": message})
