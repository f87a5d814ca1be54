"""The body of a predict request: rows (`instances`) or columns (`inputs`), brought to the tensors of a signature."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from .json_values import is_base64, shown, tensor_of
from .saved_model import DEFAULT_SIGNATURE, SavedModel
from .status import StatusError


@dataclass(frozen=True)
class PredictRequest:
    """What to predict, and in which of the two forms to answer."""

    signature_name: str
    tensors: dict[str, np.ndarray]
    in_rows: bool


def read(body: bytes, model: SavedModel) -> PredictRequest:
    """Parse a body. StatusError in the model server's words when it is not one."""
    document = parse(body)
    name = document.get("signature_name", DEFAULT_SIGNATURE)
    if not isinstance(name, str):
        raise StatusError(
            f"JSON Value: {shown(document)} not formatted correctly. 'signature_name' key must be a string value."
        )
    name = name or DEFAULT_SIGNATURE
    types = model.inputs(name)
    if "instances" in document and "inputs" in document:
        raise StatusError(
            f"JSON Value: {shown(document)} Not formatted correctly expecting only one of 'inputs' or 'instances' keys "
            "to exist "
        )
    if "instances" in document:
        return PredictRequest(name, tensors_of_rows(document, types), True)
    if "inputs" in document:
        return PredictRequest(name, tensors_of_columns(document["inputs"], types), False)
    raise StatusError("Missing 'inputs' or 'instances' key")


def parse(body: bytes) -> dict[str, Any]:
    if not body:
        raise StatusError("JSON Parse error: The document is empty")
    try:
        # Whatever follows the document is not looked at.
        document, _ = json.JSONDecoder().raw_decode(body.decode("utf-8").lstrip())
    except (ValueError, RecursionError) as error:
        raise StatusError(f"JSON Parse error: Invalid value. at offset: {getattr(error, 'pos', 0)}") from error
    if not isinstance(document, dict):
        raise StatusError(f"JSON Value: {shown(document)} Is not object")
    return document


def tensors_of_rows(document: dict[str, Any], types: dict[str, tf.DType]) -> dict[str, np.ndarray]:
    """Each instance is one value, or an object with one for every input; all have the same shape."""
    rows = document["instances"]
    if not isinstance(rows, list):
        raise StatusError(f"JSON Value: {shown(document)} Expecting 'instances' to be an list/array")
    if not rows:
        raise StatusError(f"JSON Value: {shown(document)} No values in 'instances' array")
    if not isinstance(rows[0], dict) and len(types) > 1:
        raise StatusError(
            "instances is a plain list, but expecting list of objects as multiple input tensors required as per "
            "tensorinfo_map"
        )
    in_objects = is_row_object(rows[0])
    columns: dict[str, list[np.ndarray]] = {}
    for number, row in enumerate(rows):
        if is_row_object(row) != in_objects:
            expected, got = ("object", "list") if in_objects else ("value/list", "object")
            raise StatusError(f"Expecting {expected} but got {got} at item {number} of input list")
        named = row if in_objects else {next(iter(types)): row}
        for name, value in named.items():
            add_instance(columns, name, value, types, f"Failed to process element: {number}", in_objects)
        if named.keys() != types.keys():
            raise StatusError(
                f"Failed to process element: {number} of 'instances' list. JSON object: {shown(row)} keys must be equal "
                f"to: {','.join(sorted(types))}"
            )
    return {name: np.stack(values) for name, values in columns.items()}


def add_instance(
    columns: dict[str, list[np.ndarray]], name: str, value: Any, types: dict[str, tf.DType], where: str, named: bool
) -> None:
    try:
        if name not in types:
            raise StatusError(f"JSON object: does not have named input: {name}")
        tensor = tensor_of(value, types[name])
        first = columns.setdefault(name, [tensor])[0]
        if tensor.size != first.size:
            raise StatusError(f"Expecting tensor size: {first.size} but got: {tensor.size}")
        if tensor.shape != first.shape:
            raise StatusError(f"Expecting shape {list(first.shape)} but got: {list(tensor.shape)}")
    except StatusError as error:
        key = f" key: {name}" if named else ""
        raise StatusError(f"{where}{key} of 'instances' list. Error: INVALID_ARGUMENT: {error}") from error
    if tensor is not first:
        columns[name].append(tensor)


def is_row_object(row: Any) -> bool:
    return isinstance(row, dict) and not is_base64(row)


def tensors_of_columns(value: Any, types: dict[str, tf.DType]) -> dict[str, np.ndarray]:
    """One tensor, or an object with one for every input; others in it are not looked at."""
    if not isinstance(value, dict) or is_base64(value):
        if len(types) > 1:
            raise StatusError(
                "inputs is a plain value/list, but expecting an object as multiple input tensors required as per "
                "tensorinfo_map"
            )
        [(name, dtype)] = types.items()
        return {name: tensor_of(value, dtype)}
    for name in types:
        if name not in value:
            raise StatusError(f"Missing named input: {name} in 'inputs' object.")
    return {name: tensor_of(value[name], dtype) for name, dtype in types.items()}
