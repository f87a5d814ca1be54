"""A table brought to the tensors of a SavedModel, as MLflow's signature and MLflow's TensorFlow flavour do it."""
from __future__ import annotations

import math
from typing import Any

from .tfs_spec import InvalidInput, Spec, cast, dtype_of_tensor
from .tfs_table import Table

def inputs_of_table(table: Table, specs: list[Spec], tensors: dict[str, dict[str, Any]], by_name: bool) -> Any:
    """The `inputs` of a request to TensorFlow Serving.

    `specs` is MLflow's signature, or nothing. `tensors` are the SavedModel's inputs. `by_name` tells a table without
    tensors in its signature apart: each column is an input, or the table is the one input.
    """
    if specs and specs[0].shape is not None:
        return tensors_of_signature(table, specs, tensors)
    if specs:
        table = enforce_columns(table, specs)
    if by_name:
        missing = [name for name in tensors if name not in table.columns]
        if missing:
            raise InvalidInput(f"Model is missing inputs {missing}. The columns are {list(table.columns)}.")
        return {name: as_tensor(table.columns[name], name, tensor) for name, tensor in tensors.items()}
    [(name, tensor)] = tensors.items()
    return as_tensor(table.rows, name, tensor)


def as_tensor(values: Any, name: str, tensor: dict[str, Any]) -> Any:
    """Values for an input of the SavedModel, which loses nothing of them: its type is not one that MLflow declared."""
    return cast(values, Spec(name, dtype_of_tensor(tensor)), exact=True)


def enforce_columns(table: Table, specs: list[Spec]) -> Table:
    """The declared columns in the declared order and types; others are dropped, missing optional ones left out."""
    if specs[0].name is None:
        if len(table.columns) < len(specs):
            raise InvalidInput(f"The signature declares {len(specs)} inputs, the data has {len(table.columns)}.")
        return Table({name: cast(values, spec) for (name, values), spec in zip(table.columns.items(), specs)})
    refuse_missing(table, specs)
    present = [spec for spec in specs if spec.name in table.columns]
    return Table({spec.name: cast(table.columns[spec.name], spec) for spec in present})


def refuse_missing(table: Table, specs: list[Spec]) -> None:
    missing = [spec.name for spec in specs if spec.required and spec.name not in table.columns]
    if missing:
        extra = [name for name in table.columns if name not in {spec.name for spec in specs}]
        note = f" Note that there were extra inputs: {extra}." if extra else ""
        raise InvalidInput(f"Model is missing inputs {missing}.{note}")


def tensors_of_signature(table: Table, specs: list[Spec], tensors: dict[str, dict[str, Any]]) -> Any:
    """One tensor, or tensors by name, of the shapes that MLflow's signature declares."""
    if specs[0].name is not None:
        refuse_missing(table, specs)
        named = {str(spec.name): tensor_of_column(table.columns[spec.name], spec) for spec in specs}
        return named if len(tensors) > 1 or named.keys() == tensors.keys() else next(iter(named.values()))
    if len(tensors) > 1:
        raise InvalidInput(f"The signature has one input, the SavedModel has several: {sorted(tensors)}.")
    [spec] = specs
    if len(table.columns) == 1:
        return tensor_of_column(next(iter(table.columns.values())), spec)
    if spec.shape != (-1, len(table.columns)):
        raise InvalidInput(f"A table of {len(table.columns)} columns does not match expected shape {spec.shape}.")
    return cast(table.rows, spec)


def tensor_of_column(values: list[Any], spec: Spec) -> list[Any]:
    """A column of scalars, or of flat lists that hold a row each, as a tensor: what MLflow makes of it."""
    shape = spec.shape or ()
    if not shape or shape[0] != -1 or -1 in shape[1:]:
        raise InvalidInput(f"A table's column cannot become a tensor of shape {shape}; send 'instances' or 'inputs'.")
    if not any(isinstance(value, list) for value in values):
        if shape not in ((-1,), (-1, 1)):
            raise InvalidInput(f"A column of scalars does not match expected shape {shape} of {spec.label}.")
        flat = cast(values, spec)
        return flat if shape == (-1,) else [[value] for value in flat]
    size = math.prod(shape[1:])
    for value in values:
        if not isinstance(value, list) or any(isinstance(item, list) for item in value):
            raise InvalidInput("A table's cells have to be scalars or flat lists of scalars to become a tensor.")
        if len(value) != size:
            raise InvalidInput(f"A list of {len(value)} values does not match expected shape {shape} of {spec.label}.")
    return [reshape(cast(value, spec), shape[1:]) for value in values]


def reshape(flat: list[Any], shape: tuple[int, ...]) -> Any:
    """A flat list in rows of the shape; the only value where the shape is empty."""
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return flat
    size = len(flat) // shape[0]
    return [reshape(flat[index * size : (index + 1) * size], shape[1:]) for index in range(shape[0])]
