"""The model signature of an MLmodel file, enforced on a request's data as MLflow's scoring server enforces it.

AWS's images have no mlflow, so the rules are written here: which conversions are safe, which columns may be missing,
what shape a tensor has. Where MLflow converts (a JSON 1.5 for a `long` becomes 1), this converts too: the endpoint has
to answer what `mlflow models serve` answers.

Columns of nested types (array, object, map, any) are handed to the model unchecked.
"""
from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from .spec import InvalidInput, Spec, cast_column, convert_safely, tensor_of


class Signature:
    """The inputs of a signature, and how a request's data is brought to them."""

    def __init__(self, specs: list[Spec]) -> None:
        self.specs = specs
        self.is_tensor = specs[0].type == "tensor"
        self.is_named = specs[0].name is not None
        self.by_name = {spec.name: spec for spec in specs} if self.is_named else {}

    @staticmethod
    def from_mlmodel(mlmodel: dict[str, Any]) -> Signature | None:
        """The signature of a parsed MLmodel; None where the model has none, or one without inputs."""
        inputs = (mlmodel.get("signature") or {}).get("inputs")
        entries = json.loads(inputs) if inputs else []
        return Signature([Spec(entry) for entry in entries]) if entries else None

    def csv_dtypes(self) -> dict[Any, Any]:
        """The dtypes to read CSV columns with. MLflow reads CSV only for columns of plain types, and so does this."""
        if self.is_tensor:
            raise InvalidInput("The model's signature is of tensors: send application/json instead of CSV.")
        if any(spec.dtype is None for spec in self.specs):
            raise InvalidInput("The model's signature has nested columns: send application/json instead of CSV.")
        return {spec.name or index: spec.pandas_dtype for index, spec in enumerate(self.specs)}

    def cast_frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A DataFrame from JSON with its columns cast to the signature's types, before they are enforced."""
        if self.is_named:
            pairs = [(spec.name, spec) for spec in self.specs]
        elif self.is_tensor:
            pairs = [(column, self.specs[0]) for column in frame.columns]
        else:
            pairs = list(zip(frame.columns, self.specs))
        for column, spec in pairs:
            if column not in frame.columns:
                continue  # a missing column is named by `enforce`, all of them at once
            try:
                frame[column] = cast_column(frame[column], spec)
            except Exception as error:
                raise InvalidInput(
                    "Data is not compatible with model signature. "
                    f"Failed to convert column {column} to type '{spec.dtype}'. Error: '{error!r}'"
                ) from error
        return frame

    def enforce(self, data: Any) -> Any:
        """The data as the model may see it: columns in the declared order, extra ones dropped, dtypes as declared."""
        try:
            if self.is_tensor:
                return enforce_tensors(self, data)
            return enforce_columns(self, as_frame(self, data))
        except Exception as error:
            raise InvalidInput(f"Failed to enforce the model's signature on the data. Error: {error}") from error


def as_frame(signature: Signature, data: Any) -> pd.DataFrame:
    """Whatever was parsed, as the DataFrame that a signature of columns asks for."""
    if isinstance(data, pd.DataFrame):
        return data
    if not isinstance(data, dict):
        return pd.DataFrame([data] if np.isscalar(data) else data)

    def is_one_cell(value: Any) -> bool:
        is_texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return value is None or np.isscalar(value) or is_texts

    if any(spec.type in ("array", "object") for spec in signature.specs) or all(map(is_one_cell, data.values())):
        return pd.DataFrame([data])
    # pandas refuses arrays of several dimensions as columns; as lists they reach the dtype check and are named there.
    return pd.DataFrame({k: v.tolist() if isinstance(v, np.ndarray) and v.ndim > 1 else v for k, v in data.items()})


def refuse_missing(signature: Signature, names: Any) -> None:
    """Raise if a required input is not among the names, naming every missing one."""
    missing = [spec.name for spec in signature.specs if spec.required and spec.name not in names]
    extra = [name for name in names if name not in signature.by_name]
    if missing:
        note = f" Note that there were extra inputs: {extra}." if extra else ""
        raise InvalidInput(f"Model is missing inputs {missing}.{note}")


def enforce_columns(signature: Signature, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns by name, or by position where the signature has no names."""
    if signature.is_named:
        refuse_missing(signature, frame.columns)
        pairs = [(spec.name, spec) for spec in signature.specs if spec.name in frame.columns]
    elif len(frame.columns) < len(signature.specs):
        raise InvalidInput(
            f"The model's signature declares {len(signature.specs)} inputs, the data has {len(frame.columns)}."
        )
    else:
        pairs = list(zip(frame.columns, signature.specs))
    return pd.DataFrame({name: convert_safely(name, frame[name], spec) for name, spec in pairs})


def enforce_tensors(signature: Signature, data: Any) -> Any:
    """One array for an unnamed tensor, a dictionary of arrays for named ones."""
    if signature.is_named:
        if isinstance(data, np.ndarray) and len(signature.specs) == 1:
            data = {signature.specs[0].name: data}
        if not isinstance(data, (dict, pd.DataFrame)):
            raise InvalidInput(f"The signature names its tensors: expected a dictionary, got {type(data).__name__}.")
        refuse_missing(signature, list(data))
        return {spec.name: tensor_of(data[spec.name], spec) for spec in signature.specs}
    spec = signature.specs[0]
    if isinstance(data, pd.DataFrame):
        if data.empty:
            raise InvalidInput("Input DataFrame is empty.")
        if len(data.columns) == 1:
            return tensor_of(data[data.columns[0]], spec)
        if spec.shape != (-1, len(data.columns)):
            raise InvalidInput(f"A table of {len(data.columns)} columns does not match expected shape {spec.shape}.")
        data = data.to_numpy()
    return tensor_of(data, spec)
