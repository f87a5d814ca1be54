"""What a model signature declares of an input, and JSON values brought to it. Standard library only.

AWS's TensorFlow inference image has neither mlflow nor numpy, so MLflow's conversions are written here for JSON: what
pandas and numpy would do to a value on its way to the declared type.
"""
from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import Any

# MLflow's column types, as the numpy types that tensors are declared with.
COLUMN_TYPES = {"boolean": "bool", "integer": "int32", "long": "int64", "float": "float32", "double": "float64",
                "string": "str", "binary": "bytes"}
# The types that TensorFlow Serving reads from JSON, likewise.
SERVING_TYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_BOOL": "bool", "DT_STRING": "str"}
INTEGERS = {f"{sign}int{bits}": (0 if sign else -(2 ** (bits - 1)), 2 ** (bits if sign else bits - 1) - 1)
            for bits in (8, 16, 32, 64) for sign in ("", "u")}
FLOATS = ("float16", "float32", "float64")
TEXTS = ("str", "object")


class InvalidInput(ValueError):
    """A request's data that does not fit the model's signature."""


@dataclass(frozen=True)
class Spec:
    """One input: a tensor if it has a shape, else a column of a table."""

    name: str | None
    dtype: str
    shape: tuple[int, ...] | None = None
    required: bool = True

    @property
    def label(self) -> str:
        return "the input" if self.name is None else f"'{self.name}'"


def specs_of_mlmodel(mlmodel: dict[str, Any]) -> list[Spec]:
    """The inputs of MLflow's signature; none where the model has no signature."""
    inputs = (mlmodel.get("signature") or {}).get("inputs")
    return [spec_of_entry(entry) for entry in json.loads(inputs)] if inputs else []


def spec_of_entry(entry: dict[str, Any]) -> Spec:
    tensor = entry.get("tensor-spec")
    if tensor:
        return Spec(entry.get("name"), tensor["dtype"], tuple(tensor["shape"]))
    kind = entry["type"]
    return Spec(entry.get("name"), COLUMN_TYPES.get(kind, kind), None, entry.get("required", True) is not False)


def dtype_of_tensor(tensor: dict[str, Any]) -> str:
    """The type of an input or output of the SavedModel, as TensorFlow Serving describes it."""
    name = tensor["dtype"]
    return SERVING_TYPES.get(name, name.replace("DT_", "").lower())


def cast(value: Any, spec: Spec, exact: bool = False) -> Any:
    """A value, or nested lists of values, as JSON for TensorFlow Serving; InvalidInput where there is no conversion.

    A declared integer takes what is left of a fraction, as MLflow has it; `exact` refuses one.
    """
    if isinstance(value, list):
        return [cast(item, spec, exact) for item in value]
    try:
        if exact and spec.dtype in INTEGERS and isinstance(value, float) and not value.is_integer():
            raise ValueError("It is not an integer.")
        return cast_scalar(value, spec.dtype)
    except (ValueError, TypeError, OverflowError) as error:
        shown = json.dumps(value)
        raise InvalidInput(f"Failed to convert {spec.label} to type '{spec.dtype}': {shown}. {error}".strip()) from error


def cast_scalar(value: Any, dtype: str) -> Any:
    if dtype in FLOATS:
        return math.nan if value is None else float(value)
    if dtype in INTEGERS:
        number = int(value)
        low, high = INTEGERS[dtype]
        if not low <= number <= high:
            raise ValueError("It is out of range.")
        return number
    if dtype == "bool" and isinstance(value, (bool, int, float)):
        return bool(value)
    if dtype == "bool" and value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return value.lower() == "true"
    if dtype in TEXTS and (isinstance(value, str) or is_bytes(value)):
        return value
    if dtype == "bytes" and isinstance(value, str):
        return {"b64": as_base64(value)}
    raise TypeError(f"A value of {type(value).__name__} has no conversion.")


def is_bytes(value: Any) -> bool:
    """Whether it is TensorFlow Serving's way to write bytes, which a declared binary value has become."""
    return isinstance(value, dict) and list(value) == ["b64"]


def as_base64(text: str) -> str:
    """Base64 as MLflow reads it, which may have line breaks, without them."""
    try:
        return base64.b64encode(base64.decodebytes(text.encode("ascii"))).decode("ascii")
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("It is not base64.") from error
