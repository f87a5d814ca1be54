"""TensorFlow Serving's outputs in the form of what MLflow's TensorFlow flavour predicts."""
from __future__ import annotations

import base64
from typing import Any

from .tfs_spec import dtype_of_tensor

KERAS, ESTIMATOR, MODULE = "keras", "tf1-estimator", "tf2-module"
# What TensorFlow calls the result of a function that returns one tensor and not a dictionary.
UNNAMED = "output_0"


def model_type_of(mlmodel: dict[str, Any]) -> str:
    """MLflow's kind of TensorFlow model. MLflow 1 did not write it: there a model is of Keras or of an estimator."""
    flavors = mlmodel.get("flavors") or {}
    config = flavors.get("tensorflow") or {}
    if not config and "keras" not in flavors:
        return MODULE
    return config.get("model_type") or (KERAS if "keras" in flavors else ESTIMATOR)


def predictions(outputs: Any, tensors: dict[str, dict[str, Any]], model_type: str, from_table: bool) -> Any:
    """What `mlflow.pyfunc` predicts, as its scoring server writes it.

    `tensors` are the SavedModel's outputs. `from_table` says that MLflow would have handed a DataFrame to the model,
    which then answers with a DataFrame: a list of records.
    """
    named = outputs if len(tensors) > 1 else {next(iter(tensors)): outputs}
    # TensorFlow Serving writes them in no order, TensorFlow has them by name.
    named = {name: as_mlflow(named[name], tensors[name]) for name in sorted(named)}
    if model_type == ESTIMATOR:
        named = {name: flattened(values) for name, values in named.items()}
        return records(named) if from_table else named
    if len(named) > 1:
        return named
    [(name, values)] = named.items()
    if model_type == KERAS:
        return [numbered(row) for row in values] if from_table else values
    return values if name == UNNAMED else named


def as_mlflow(values: Any, tensor: dict[str, Any]) -> Any:
    """A string tensor holds bytes, and MLflow writes bytes as base64."""
    if dtype_of_tensor(tensor) != "str":
        return values
    if isinstance(values, list):
        return [as_mlflow(value, tensor) for value in values]
    content = base64.b64decode(values["b64"]) if isinstance(values, dict) else values.encode("utf-8")
    return base64.encodebytes(content).decode("ascii")


def flattened(values: Any) -> Any:
    """Rows of one element each as a flat list, at whatever depth."""
    if not isinstance(values, list) or not all(isinstance(row, list) and len(row) == 1 for row in values):
        return values
    flat = values
    while any(isinstance(item, list) for item in flat):
        flat = [inner for item in flat for inner in item]
    return flat


def records(named: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(named, row)) for row in zip(*named.values())]


def numbered(row: Any) -> dict[str, Any]:
    """A row of a DataFrame whose columns have no names but their numbers."""
    return {str(index): value for index, value in enumerate(row if isinstance(row, list) else [row])}
