"""MLflow's tabular request forms, read without pandas: dataframe_split, dataframe_records and CSV with a header."""
from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from .tfs_spec import InvalidInput


@dataclass(frozen=True)
class Table:
    """Columns by name, in order and of equal length."""

    columns: dict[Any, list[Any]]

    @property
    def rows(self) -> list[list[Any]]:
        return [list(row) for row in zip(*self.columns.values())]


def checked(columns: dict[Any, list[Any]]) -> Table:
    """A table that has at least one value."""
    if not any(columns.values()):
        raise InvalidInput("The table is empty.")
    return Table(columns)


def table_of_split(value: Any) -> Table:
    """`{"columns": [...], "data": [[...]]}`, pandas' orientation "split"; the index means nothing to a model."""
    if not isinstance(value, dict) or not {"data"} <= value.keys() <= {"columns", "data", "index"}:
        raise InvalidInput("dataframe_split must be a dictionary with 'data' and optionally 'columns' and 'index'.")
    data = value["data"]
    if not isinstance(data, list) or not data or not all(isinstance(row, list) for row in data):
        raise InvalidInput("dataframe_split: 'data' must be a list of rows, each a list, and have at least one.")
    names = value.get("columns")
    names = list(range(len(data[0]))) if names is None else names
    if not isinstance(names, list) or not all(isinstance(name, (str, int, float)) for name in names):
        raise InvalidInput("dataframe_split: 'columns' must be a list of names.")
    return table_of_rows(names, data, "dataframe_split")


def table_of_records(value: Any) -> Table:
    """A list of dictionaries, pandas' orientation "records"; a key that a record lacks is a missing value."""
    if not isinstance(value, list) or not value or not all(isinstance(record, dict) for record in value):
        raise InvalidInput("dataframe_records must be a list of records, each a dictionary, and have at least one.")
    names = list(dict.fromkeys(name for record in value for name in record))
    return checked({name: [record.get(name) for record in value] for name in names})


def table_of_csv(text: str) -> Table:
    """CSV as `DataFrame.to_csv(index=False)` writes it. An empty cell is a missing value."""
    try:
        lines = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise InvalidInput(f"The body could not be parsed as CSV: {error}") from error
    if not lines:
        raise InvalidInput("The CSV is empty.")
    header, *rows = lines
    # A first line of data taken for names would be lost without a word; pandas names unnamed columns 0, 1, 2.
    if header != [str(index) for index in range(len(header))] and all(is_number(cell) for cell in header):
        raise InvalidInput(f"The first line of the CSV must name the columns, but it has only numbers: {header}.")
    if not rows:
        raise InvalidInput("The CSV has no rows below the line of column names.")
    return table_of_rows(header, [[None if cell == "" else cell for cell in row] for row in rows], "CSV")


def table_of_rows(names: list[Any], rows: list[list[Any]], form: str) -> Table:
    for number, row in enumerate(rows):
        if len(row) != len(names):
            raise InvalidInput(f"{form}: row {number} has {len(row)} values for {len(names)} columns.")
    if len(set(names)) != len(names):
        raise InvalidInput(f"{form}: column names must be unique, got {names}.")
    return checked({name: [row[index] for row in rows] for index, name in enumerate(names)})


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
