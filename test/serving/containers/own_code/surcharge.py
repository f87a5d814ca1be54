"""A module that a model brings along (`code_paths`)."""
from __future__ import annotations

from typing import Any


def add(values: Any) -> Any:
    return values + 10
