"""What a kind of container has to offer, and what it is given."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Container:
    """What a kind is given; the container's environment is the process's own."""

    model_dir: Path
    # Whether it has no network.
    isolated: bool = False


class ContainerError(Exception):
    """The container cannot be prepared; the message becomes the endpoint's FailureReason."""


@dataclass(frozen=True)
class Request:
    """A request to /invocations. Header names are in lower case."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Response:
    """An answer of the model."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Handler(Protocol):
    """A model behind the container's contract."""

    def load(self) -> None:
        """Load the model, once. Whatever it raises fails the health check."""

    def invoke(self, request: Request) -> Response:
        """Answer one request. Called by one thread at a time, as a model server's worker is."""
