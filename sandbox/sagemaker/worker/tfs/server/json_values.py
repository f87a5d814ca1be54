"""JSON values as one tensor, under TensorFlow Serving's rules (tensorflow_serving/util/json_tensor.cc)."""

import base64
import binascii
import json
from typing import Any

import numpy as np
import tensorflow as tf

from .status import StatusError

# The range of what the REST API reads into a type; of small integers it checks no more than 32 bits.
INT32 = (-(2**31), 2**31 - 1)
INTEGERS = {
    "int8": INT32, "int16": INT32, "int32": INT32, "uint8": INT32, "int64": (-(2**63), 2**63 - 1),
    "uint32": (0, 2**32 - 1), "uint64": (0, 2**64 - 1),
}
MAX_SHOWN = 256


def tensor_of(value: Any, dtype: tf.DType) -> np.ndarray:
    """Nested lists as a dense array; the first element at each level decides the shape."""
    shape = shape_of(value)
    flat: list[Any] = []
    fill(value, 0, shape, dtype, flat)
    array = np.empty(len(flat), dtype=object) if dtype == tf.string else None
    if array is not None:
        array[:] = flat
        return array.reshape(shape)
    wide = np.array(flat, dtype=np.float64 if dtype.is_floating else None if dtype.is_bool else np.int64 if
                    dtype != tf.uint64 else np.uint64)
    return wide.astype(dtype.as_numpy_dtype).reshape(shape)


def shape_of(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    return (len(value), *(shape_of(value[0]) if value else ()))


def fill(value: Any, level: int, shape: tuple[int, ...], dtype: tf.DType, flat: list[Any]) -> None:
    if not isinstance(value, list):
        if level != len(shape):
            raise StatusError(
                f"JSON Value: {shown(value)} found at incorrect level: {level + 1} in the JSON DOM. "
                f"Expected at level: {len(shape)}"
            )
        flat.append(scalar(value, dtype))
        return
    if level >= len(shape):
        raise StatusError(f"Encountered list at unexpected level: {level} expected < {len(shape)}")
    if len(value) != shape[level]:
        raise StatusError(
            f"Encountered list at unexpected size: {len(value)} at level: {level} expected size: {shape[level]}"
        )
    for item in value:
        fill(item, level + 1, shape, dtype, flat)


def scalar(value: Any, dtype: tf.DType) -> Any:
    """One value in the type of the tensor: nothing is converted but integers to floats."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if dtype in (tf.float32, tf.float64) and is_number:
        return float(value)
    if dtype == tf.bool and isinstance(value, bool):
        return value
    if dtype == tf.string and isinstance(value, str):
        return value.encode("utf-8")
    if dtype == tf.string and isinstance(value, dict):
        return decoded(value)
    if dtype.name in INTEGERS and is_number and isinstance(value, int):
        low, high = INTEGERS[dtype.name]
        if low <= value <= high:
            return value
    if dtype.name not in (*INTEGERS, "float32", "float64", "bool", "string"):
        raise StatusError(f"Conversion of JSON Value: {shown(value)} to type: {dtype.name}", 501)
    raise StatusError(f"JSON Value: {shown(value)} Type: {json_type(value)} is not of expected type: {dtype.name}")


def is_base64(value: Any) -> bool:
    """Whether a value is bytes: an object with the one key `b64`."""
    return isinstance(value, dict) and list(value) == ["b64"] and isinstance(value["b64"], str)


def decoded(value: dict[str, Any]) -> bytes:
    if not is_base64(value):
        raise StatusError(f"JSON Value: {shown(value)} not formatted correctly for base64 data")
    try:
        return base64.b64decode(value["b64"], validate=True)
    except binascii.Error as error:
        raise StatusError("Unable to base64 decode") from error


def shown(value: Any) -> str:
    return json.dumps(value, indent=4 if isinstance(value, dict) else None)[:MAX_SHOWN]


def json_type(value: Any) -> str:
    names = {dict: "Object", list: "Array", str: "String", int: "Number", float: "Number", type(None): "Null"}
    return str(value) if isinstance(value, bool) else names[type(value)]
