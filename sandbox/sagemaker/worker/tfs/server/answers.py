"""Tensors as JSON, in rows (`predictions`) or in columns (`outputs`), as TensorFlow Serving writes them."""

import base64
import json
from typing import Any

import numpy as np

from .status import StatusError

# A string tensor whose name ends so is written as base64.
BYTES_SUFFIX = "_bytes"
WRITABLE_INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint32", "uint64")


def written(tensors: dict[str, np.ndarray], in_rows: bool) -> str:
    """The body of an answer."""
    return rows(tensors) if in_rows else columns(tensors)


def rows(tensors: dict[str, np.ndarray]) -> str:
    """A list with one value, or one object, for each element of the batch."""
    size = None
    for name, tensor in tensors.items():
        if tensor.ndim == 0:
            raise StatusError(f"Tensor name: {name} has no shape information ")
        if size is not None and len(tensor) != size:
            raise StatusError(
                f"Tensor name: {name} has inconsistent batch size: {len(tensor)} expecting: {size}"
            )
        size = len(tensor)
    items = [element({name: tensor[row] for name, tensor in tensors.items()}) for row in range(size or 0)]
    return '{\n    "predictions": [' + ", ".join(items) + "]\n}"


def columns(tensors: dict[str, np.ndarray]) -> str:
    """One tensor, or an object of them."""
    return '{\n    "outputs": ' + element(tensors) + "\n}"


def element(tensors: dict[str, Any]) -> str:
    texts = {name: text_of(np.asarray(value), name.endswith(BYTES_SUFFIX)) for name, value in tensors.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in texts.items()) + "}"


def text_of(tensor: np.ndarray, as_bytes: bool) -> str:
    if tensor.ndim:
        return "[" + ", ".join(text_of(item, as_bytes) for item in map(np.asarray, tensor)) + "]"
    value = tensor.item()
    if isinstance(value, bytes):
        return json.dumps({"b64": base64.b64encode(value).decode("ascii")} if as_bytes else value.decode("utf-8"))
    if tensor.dtype.name in ("float32", "float64"):
        return decimal(tensor[()])
    if tensor.dtype.name == "bool" or tensor.dtype.name in WRITABLE_INTEGERS:
        return json.dumps(value)
    raise StatusError(f"Failed to write JSON value for tensor type: {tensor.dtype.name}")


def decimal(value: Any) -> str:
    """A float in six digits where these are all of it, else in as many as its type has."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    text = f"{value:.6g}"
    if type(value)(text) != value:
        text = f"{value:.{9 if value.dtype == np.float32 else 17}g}"
    return text if "." in text or "e" in text else f"{text}.0"
