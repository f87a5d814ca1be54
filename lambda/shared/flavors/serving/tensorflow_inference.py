"""Goes into archives as code/inference.py: AWS's TensorFlow inference image calls `handler` for each request.

Standard library only: the image has neither tensorflow nor numpy for its scripts.
"""
from __future__ import annotations

import json
import os
import sys
from http.client import responses
from typing import Any

from _mlflow_mlops.tfs_front import JSON, Front


def load_mlmodel() -> dict[str, Any]:
    """The MLmodel file, which the archive has as JSON; the image promises no parser for YAML."""
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "_mlflow_mlops", "mlmodel.json"), encoding="utf-8") as stream:
        return json.load(stream)


FRONT = Front(load_mlmodel())


def handler(data: Any, context: Any) -> tuple[Any, str]:
    """The image's entry point: `data` is the request's stream; gives the body and the content type of the answer."""
    status, body = FRONT.answer(data.read(), context)
    if status != 200 and not set_status(status):
        raise ValueError(body if isinstance(body, str) else body.decode("utf-8", "replace"))
    return body, JSON


def set_status(status: int) -> bool:
    """Give the response a status of its own. False when it cannot be had.

    The image has no way for a handler to say one: it sets 200 before the call, and 500 for whatever is raised, so that
    a client's mistake would count as the endpoint's. Its response is a variable of the function that called `handler`.
    """
    response = sys._getframe(2).f_locals.get("res")
    if response is None or not hasattr(response, "status"):
        return False
    response.status = f"{status} {responses.get(status, 'Error')}"
    return True
