"""An estimator whose answers the tests choose. Its own module, so that cloudpickle refers to it by name."""
from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

ANSWERS: dict[str, Any] = {
    "not a number": np.array([1.5, np.nan, np.inf]),
    "half precision": np.array([0.1, 2.0], dtype="float32"),
    "truth": np.array([True, False]),
    "list of numpy scalars": [np.float32(0.1), np.int64(2), np.bool_(True), None, "text"],
    "list of arrays": [np.array([[0.1, 0.9]]), np.array([[1, 0]])],
    "table": pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, np.nan]}),
    "series": pd.Series([1.5, np.nan], name="score"),
    "unnamed series": pd.Series([1, 2]),
    "dictionary": {"scores": np.array([1, 2]), "best": np.int64(3)},
    "moments": [pd.Timestamp("2026-01-02T03:04:05"), datetime.date(2026, 1, 2), np.datetime64("2026-01-02T03")],
    "bytes": [b"\x00\xff"],
    "objects": np.array([1, "x", None], dtype=object),
    "text": np.array(["é", "\u2028"]),
}


class Answering(BaseEstimator):
    """Answers every input with the answer of a name."""

    def __init__(self, name: str = "truth") -> None:
        self.name = name

    def predict(self, data: Any) -> Any:
        return ANSWERS[self.name]
