"""MLflow's scoring protocol for a SageMaker container without mlflow: a request's body in, MLflow's JSON out.

Shared by the flavours' inference.py, each of which gives a `ServedModel`.
"""
from __future__ import annotations

import base64
import datetime
import json
import logging
import sys
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Callable

import numpy as np
import pandas as pd

from .params import enforce_params
from .request import JSON, RequestError, media_type, parse
from .signature import Signature
from .spec import InvalidInput

logger = logging.getLogger(__name__)


@dataclass
class ServedModel:
    """A loaded model: how it predicts from (data, params), and what its MLmodel declares of its input."""

    predict: Callable[[Any, dict[str, Any]], Any]
    signature: Signature | None = None
    params: list[dict[str, Any]] = field(default_factory=list)


def bad_request(message: str, code: str = "BAD_REQUEST") -> RequestError:
    """A refusal in the shape of MLflow's own errors."""
    return RequestError(HTTPStatus.BAD_REQUEST, json.dumps({"error_code": code, "message": message}))


def respond(model: ServedModel, body: str | bytes, content_type: str | None) -> Any:
    """What a `transform_fn` returns: (JSON, content type), or the refusal in the way that the model server understands.

    AWS's images serve a single model with Flask and sagemaker_containers, which turns whatever a user's function raises
    into a 500: there a refusal must be returned, as a response. sagemaker_inference takes its status from an error.
    """
    try:
        return predictions_json(model, body, content_type), JSON
    except RequestError as error:
        refusal = error
    flask = sys.modules.get("flask")
    if flask is not None and flask.has_request_context():
        return flask.Response(refusal.body, status=int(refusal.status), mimetype=refusal.content_type)
    try:
        from sagemaker_inference.errors import GenericInferenceToolkitError
    except ImportError:
        raise refusal from None
    raise GenericInferenceToolkitError(int(refusal.status), refusal.body, refusal.status.phrase)


def predictions_json(model: ServedModel, body: str | bytes, content_type: str | None) -> str:
    """The predictions for a request's body, as the scoring server writes them; RequestError for a bad request."""
    try:
        data, params = parse(body, media_type(content_type), model.signature)
    except InvalidInput as error:
        raise bad_request(f"Invalid input. {error}") from error
    try:
        if model.signature is not None:
            data = model.signature.enforce(data)
        params = enforce_params(params, model.params)
    except InvalidInput as error:
        raise bad_request(str(error), "INVALID_PARAMETER_VALUE") from error
    try:
        predictions = model.predict(data, params)
    except Exception as error:  # the input is the likeliest cause: MLflow answers 400 too
        logger.exception("The model could not predict")
        reason = f"{type(error).__name__}: {error}"
        raise bad_request(f"The model could not evaluate this input. Verify that it is compatible. {reason}") from error
    return json.dumps({"predictions": jsonable(predictions)}, default=encode_value)


def jsonable(predictions: Any) -> Any:
    """Arrays as lists, tables as records; anything else as it is."""
    if isinstance(predictions, np.ndarray):
        return predictions.tolist()
    if isinstance(predictions, (pd.DataFrame, pd.Series)):
        return pd.DataFrame(predictions).to_dict(orient="records")
    return predictions


def encode_value(value: Any) -> Any:
    """The types that JSON does not know and models return. NaN stays the literal NaN, as MLflow writes it."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(value).decode("ascii")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    raise TypeError(f"A prediction of type {type(value).__name__} cannot be written as JSON.")
