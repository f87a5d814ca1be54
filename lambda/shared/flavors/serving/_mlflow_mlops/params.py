"""Inference parameters (`params` of a request), enforced as the model signature declares them."""
from __future__ import annotations

import json
import logging
from datetime import date
from typing import Any

import numpy as np

from .spec import InvalidInput

logger = logging.getLogger(__name__)

# What a JSON value may be for a declared type: MLflow widens integers to floats, and converts nothing else.
ACCEPTED: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (float, int),
    "double": (float, int),
    "string": (str,),
}


def params_schema(mlmodel: dict[str, Any]) -> list[dict[str, Any]]:
    """The parameters that a parsed MLmodel's signature declares."""
    declared = (mlmodel.get("signature") or {}).get("params")
    return json.loads(declared) if declared else []


def enforce_params(params: Any, schema: list[dict[str, Any]]) -> dict[str, Any]:
    """Every declared parameter, by the request or by its default. Undeclared ones are ignored, as MLflow does."""
    if not schema:
        if params:
            logger.warning("The model's signature declares no params: those of the request are ignored.")
        return {}
    given = {} if params is None else params
    if not isinstance(given, dict):
        raise InvalidInput(f"Parameters must be a dictionary. Got type '{type(given).__name__}'.")
    return {spec["name"]: param_value(given.get(spec["name"], spec["default"]), spec) for spec in schema}


def param_value(value: Any, spec: dict[str, Any]) -> Any:
    """One value, or a list of values where the shape is (-1,), in the declared type."""
    kind = spec.get("type") or spec.get("dtype")
    if not spec.get("shape"):
        return scalar(value, kind, spec["name"])
    if not isinstance(value, list):
        raise InvalidInput(f"Invalid parameters found: '{spec['name']}' must be a list, got {type(value).__name__}.")
    return [scalar(item, kind, spec["name"]) for item in value]


def scalar(value: Any, kind: str, name: str) -> Any:
    """A JSON value as a Python value of the declared type. Objects are handed over unchecked."""
    if value is None or kind == "object":
        return value
    if kind == "datetime":
        try:
            moment = np.datetime64(value).item()
        except ValueError as error:
            raise InvalidInput(f"Invalid parameters found: '{name}' is no datetime: {error}") from error
        if isinstance(moment, date):
            return moment
    accepted = ACCEPTED.get(kind, ())
    if isinstance(value, accepted) and (kind == "boolean" or not isinstance(value, bool)):
        return float(value) if kind in ("float", "double") else value
    raise InvalidInput(f"Invalid parameters found: '{name}' must be {kind}, got {type(value).__name__} {value!r}.")
