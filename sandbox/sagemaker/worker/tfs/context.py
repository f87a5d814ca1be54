"""What the image tells a handler of a request (sagemaker/tfs_utils.py)."""

import io
import re
from collections import namedtuple
from typing import Any

from ..kinds import api

JSON = "application/json"
CUSTOM_ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"
ATTRIBUTE = re.compile(r"(tfs-[a-z\-]+=[^,]+)")

# `channel` is the image's open gRPC channel. The sandbox's model server speaks REST only: there is none.
Context = namedtuple(
    "Context",
    "model_name, model_version, method, rest_uri, grpc_port, channel, "
    "custom_attributes, request_content_type, accept_header, content_length",
)


class Stream:
    """A request's body as gunicorn gives it: it can be read, and read only once."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)

    def read(self, size: int | None = None) -> bytes:
        return self._body.read(-1 if size is None else size)

    def readline(self, size: int | None = None) -> bytes:
        return self._body.readline(-1 if size is None else size)

    def readlines(self, size: int | None = None) -> list[bytes]:
        return self._body.readlines()

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        return next(self._body)


def context_of(request: api.Request, port: int, default_model: str) -> Any:
    """The context of a request; its header `X-Amzn-SageMaker-Custom-Attributes` may name the model and the method."""
    attributes = attributes_of(request)
    return Context(
        attributes.get("tfs-model-name"),
        attributes.get("tfs-model-version"),
        attributes.get("tfs-method"),
        rest_uri(port, attributes, default_model),
        None,
        None,
        request.headers.get(CUSTOM_ATTRIBUTES),
        request.headers.get("content-type") or JSON,
        request.headers.get("accept") or JSON,
        int(request.headers["content-length"]) if "content-length" in request.headers else None,
    )


def attributes_of(request: api.Request) -> dict[str, str]:
    found = ATTRIBUTE.findall(request.headers.get(CUSTOM_ATTRIBUTES) or "")
    return dict(pair.split("=") for pair in found)


def rest_uri(port: int, attributes: dict[str, str], default_model: str) -> str:
    model = attributes.get("tfs-model-name", default_model)
    version = attributes.get("tfs-model-version")
    of_version = f"/versions/{version}" if version else ""
    return f"http://localhost:{port}/v1/models/{model}{of_version}:{attributes.get('tfs-method', 'predict')}"
