"""One input of a model signature, a column or a tensor, and the conversions that bring values to its type."""
from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pandas as pd

SCALAR_TYPES = {
    "boolean": np.dtype("bool"),
    "integer": np.dtype("int32"),
    "long": np.dtype("int64"),
    "float": np.dtype("float32"),
    "double": np.dtype("float64"),
    "string": np.dtype("str"),
    "binary": np.dtype("bytes"),
    "datetime": np.dtype("datetime64[ns]"),
}


class InvalidInput(ValueError):
    """The request's data does not fit the model's signature."""


class Spec:
    """One input of a signature: a column (`type` is MLflow's name of it) or a tensor (`type` is "tensor")."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.name: str | None = entry.get("name")
        self.type: str = entry["type"]
        self.required: bool = entry.get("required", True) is not False
        tensor = entry.get("tensor-spec") or {}
        self.shape: tuple[int, ...] = tuple(tensor.get("shape") or ())
        self.dtype: np.dtype | None = np.dtype(tensor["dtype"]) if tensor else SCALAR_TYPES.get(self.type)

    @property
    def pandas_dtype(self) -> Any:
        """The dtype of this column in a DataFrame: pandas holds text and bytes as objects."""
        return object if self.type in ("string", "binary") else self.dtype

    def cast(self, values: Any) -> Any:
        """JSON values as numpy values of this input's dtype."""
        if self.dtype is None:
            return np.array(values) if self.type == "array" else values
        if self.type == "tensor" or isinstance(values, list):
            return np.array(values, dtype=self.dtype)
        return np.array([values], dtype=self.dtype)[0]


def cast_column(series: pd.Series, spec: Spec) -> pd.Series:
    """One column from JSON, cast as the signature says. Binary columns are sent as base64."""
    if spec.type == "binary":
        return series.map(lambda text: base64.decodebytes(text.encode("utf-8")))
    if spec.dtype is None or (spec.type == "tensor" and isinstance(series.iloc[0], list)):
        return series
    if spec.dtype == np.dtype("bytes"):
        return series.map(lambda text: text.encode("utf-8"))
    if spec.type == "datetime":
        return pd.to_datetime(series).astype(spec.dtype)
    if spec.dtype.kind in "OU" and isinstance(series.dtype, pd.StringDtype):
        return series  # pandas >= 3 has text as text already
    return series.astype(spec.pandas_dtype)


def convert_safely(name: Any, values: pd.Series, spec: Spec) -> pd.Series:
    """A column in its declared dtype, by conversions that lose nothing; InvalidInput where there is none."""
    wanted = spec.dtype
    if wanted is None:
        return values
    if values.dtype == object and spec.type not in ("binary", "string"):
        values = values.infer_objects()
    is_text = values.dtype == object or isinstance(values.dtype, pd.StringDtype)
    if values.dtype == spec.pandas_dtype or values.dtype == wanted:
        return values
    if (spec.type in ("string", "binary") and is_text) or (spec.type == "boolean" and values.dtype == object):
        return values
    if spec.type == "binary" and values.dtype.kind == "S":
        return values  # numpy counts the longest value's bytes into the dtype
    if spec.type == "datetime" and (values.dtype.kind == "M" or values.dtype == object):
        return values.astype(wanted)
    if is_safe(values, wanted):
        return values.astype(wanted)
    raise InvalidInput(f"Incompatible input for column {name}: {values.dtype} does not convert safely to {wanted}.")


def is_safe(values: pd.Series, wanted: np.dtype) -> bool:
    """Whether every value of the column's dtype is a value of the wanted one, or these values happen to be."""
    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind == wanted.kind:
        return size <= wanted.itemsize
    if kind == "u" and wanted.kind == "i":
        return size < wanted.itemsize
    if kind in "iu" and wanted == np.float64 and size <= 4:
        return True
    return values.dtype == np.int64 and wanted.kind == "f" and bool(values.isin([0, 1]).all())


def tensor_of(values: Any, spec: Spec) -> np.ndarray:
    """An array, checked; or a DataFrame's column as one, its cells being scalars or flat lists."""
    if isinstance(values, np.ndarray):
        return check_tensor(values, spec)
    if not isinstance(values, pd.Series):
        raise InvalidInput(f"Expected an array for a tensor, got {type(values).__name__}.")
    if spec.shape[0] != -1 or -1 in spec.shape[1:]:
        raise InvalidInput(f"A DataFrame's column cannot become a tensor of shape {spec.shape}.")
    first = values.iloc[0]
    if np.isscalar(first):
        if spec.shape not in ((-1,), (-1, 1)):
            raise InvalidInput(f"A DataFrame's column of scalars does not match expected shape {spec.shape}.")
        return check_tensor(np.array(values, dtype=spec.dtype).reshape(spec.shape), spec)
    if not (isinstance(first, list) and np.isscalar(first[0])):
        raise InvalidInput("A table's cells have to be scalars or flat lists of scalars to become a tensor.")
    tensor = np.vstack(values.tolist()).reshape(spec.shape).astype(spec.dtype)
    if len(tensor) != len(values):
        raise InvalidInput(f"The column's lists could not be converted to the expected shape {spec.shape}.")
    return tensor


def check_tensor(values: np.ndarray, spec: Spec) -> np.ndarray:
    """The array itself if its shape and dtype are the tensor's; -1 is any length, ragged arrays are objects."""
    if spec.shape == (-1,) and spec.dtype == np.dtype("O"):
        return values
    if len(spec.shape) > 1 and -1 in spec.shape[1:] and values.ndim == 1 and values.dtype == np.dtype("O"):
        return values
    fits = len(spec.shape) == values.ndim and all(e in (-1, a) for e, a in zip(spec.shape, values.shape))
    if not fits:
        raise InvalidInput(f"Shape of input {values.shape} does not match expected shape {spec.shape}.")
    actual = np.dtype(values.dtype.kind) if values.dtype.kind in "US" else values.dtype
    if actual != spec.dtype:
        raise InvalidInput(f"dtype of input {values.dtype} does not match expected dtype {spec.dtype}.")
    return values
