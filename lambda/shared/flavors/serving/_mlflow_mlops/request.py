"""A scoring request read: the body's data in the form that the model's signature suggests, or why it is refused."""
from __future__ import annotations

import json
from collections import defaultdict
from http import HTTPStatus
from io import BytesIO, StringIO
from typing import Any

import numpy as np
import pandas as pd

from .signature import Signature
from .spec import InvalidInput, Spec

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
MEDIA_TYPES = (JSON, CSV, PARQUET)
INPUT_FIELDS = ("dataframe_split", "dataframe_records", "instances", "inputs")


class RequestError(Exception):
    """A request that cannot be answered, for a reason that lies in the request."""

    def __init__(self, status: HTTPStatus, body: str, content_type: str = JSON) -> None:
        super().__init__(body)
        self.status, self.body, self.content_type = status, body, content_type


def media_type(content_type: str | None) -> str:
    """The media type of a request; JSON where none is given, as AWS's worker has it. RequestError (415) for others."""
    media, *parameters = [part.strip() for part in (content_type or JSON).split(";")]
    for parameter in filter(None, parameters):
        key, _, value = parameter.partition("=")
        if key.strip().lower() != "charset" or value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            message = f"Only the content type parameter charset=utf-8 is supported. Got '{parameter}'."
            raise RequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, "text/plain")
    if media.lower() not in MEDIA_TYPES:
        message = f"This predictor only supports the following content types: {list(MEDIA_TYPES)}. Got '{content_type}'."
        raise RequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, "text/plain")
    return media.lower()


def parse(body: str | bytes, media: str, signature: Signature | None) -> tuple[Any, Any]:
    """The data and the params of a body. Only JSON, CSV and Parquet are read: nothing in a request is ever executed."""
    try:
        if media == PARQUET:
            return pd.read_parquet(BytesIO(body.encode("utf-8") if isinstance(body, str) else bytes(body))), None
        text = body if isinstance(body, str) else bytes(body).decode("utf-8")
        if media == CSV:
            return pd.read_csv(StringIO(text), dtype=signature.csv_dtypes() if signature else None), None
        document = json.loads(text)
    except InvalidInput:
        raise
    except (ValueError, TypeError, RecursionError, OSError) as error:
        raise InvalidInput(f"The body could not be parsed as {media}. Error: {error!r}") from error
    given = [name for name in INPUT_FIELDS if isinstance(document, dict) and name in document]
    if len(given) != 1:
        got = f"fields {list(document)}" if isinstance(document, dict) else f"a {type(document).__name__}"
        expected = "The input must be a JSON dictionary with exactly one of the input fields"
        raise InvalidInput(f"{expected} {list(INPUT_FIELDS)}. Received {got}.")
    try:
        return parse_field(given[0], document[given[0]], signature), document.get("params")
    except InvalidInput:
        raise
    except Exception as error:
        raise InvalidInput(f"The field '{given[0]}' could not be read. Error: {error}") from error


def parse_field(name: str, value: Any, signature: Signature | None) -> Any:
    """The value of an input field as a DataFrame, an array or a dictionary of arrays."""
    if name == "inputs":
        return cast_inputs(value, signature)
    if name == "instances":
        is_rows = isinstance(value, list) and len(value) > 0 and isinstance(value[0], dict)
        return check_lengths(rows_to_columns(value, signature) if is_rows else cast_inputs(value, signature), signature)
    if name == "dataframe_records":
        if not isinstance(value, list):
            raise InvalidInput(f"dataframe_records must be a list of records. Got a {type(value).__name__}.")
        frame = pd.DataFrame(value)
    else:
        if not isinstance(value, dict) or "data" not in value or not value.keys() <= {"columns", "data", "index"}:
            raise InvalidInput("dataframe_split must be a dictionary with 'data' and optionally 'columns' and 'index'.")
        frame = pd.DataFrame(value["data"], index=value.get("index"), columns=value.get("columns"))
    return frame if signature is None else signature.cast_frame(frame)


def spec_of(signature: Signature | None, name: str) -> Spec | None:
    """The declared input of that name, if there is a signature that has it."""
    return signature.by_name.get(name) if signature else None


def cast(values: Any, spec: Spec | None) -> Any:
    """Values in their declared dtype, or in numpy's own choice where nothing is declared."""
    return np.array(values) if spec is None else spec.cast(values)


def cast_inputs(value: Any, signature: Signature | None) -> Any:
    """`inputs`: columns by name, a list of rows, or one array."""
    is_named = signature is not None and signature.is_named
    if signature and not is_named and not (isinstance(value, list) or np.isscalar(value)):
        raise InvalidInput(f"The signature has no names: expected an array or a value, got a {type(value).__name__}.")
    rows = [isinstance(row, dict) for row in value] if isinstance(value, list) else []
    if is_named and len(signature.specs) == 1 and isinstance(value, list) and not any(rows):
        value = {signature.specs[0].name: value}
    if isinstance(value, dict):
        return {name: cast(column, spec_of(signature, name)) for name, column in value.items()}
    if rows and all(rows):
        return [{name: cast(cell, spec_of(signature, name)) for name, cell in row.items()} for row in value]
    return cast(value, signature.specs[0] if signature else None)


def rows_to_columns(rows: list[dict[str, Any]], signature: Signature | None) -> dict[str, np.ndarray]:
    """`instances` as records: an array for each column."""
    columns: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for name, cell in row.items():
            columns[name].append(cast(cell, spec_of(signature, name)))
    return {name: np.array(cells) for name, cells in columns.items()}


def check_lengths(data: Any, signature: Signature | None) -> Any:
    """`instances` are rows: every column that the model needs has to have as many values as the others."""
    if not isinstance(data, dict):
        return data
    columns = {name: column for name, column in data.items() if isinstance(column, np.ndarray)}
    if signature and signature.is_named:
        needed = [spec.name for spec in signature.specs if spec.required and spec.type != "array"]
        columns = {name: columns[name] for name in needed if name in columns}
    if len({len(column) for column in columns.values()}) > 1:
        raise InvalidInput("The length of values for each input/column name are not the same.")
    return data
