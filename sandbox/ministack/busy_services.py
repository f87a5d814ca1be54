"""Let a service be busy for Lambda functions, as tests ask, in the words in which AWS says so.

`POST /_sandbox/busy` with `{"service": "s3", "times": 5}` refuses the next calls that functions make of it, with `"share": 0.1` as much of them
at random until as many were refused; `GET` lists what is still to come, `DELETE` forgets it. Everybody else is served: a test goes on
looking. Refused calls are among the recorded ones.
"""

import json
import random
from typing import Any

import ministack.app as app

from expect import expect

PATCH = "busy services"
PATH = "/_sandbox/busy"

# docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html: 503 when there are too many requests.
SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)

Answer = tuple[int, dict[str, str], bytes]


def apply() -> None:
    """Look at every request before it is worked on."""
    dispatch = getattr(app, "_dispatch_service_request", None)
    expect(callable(dispatch), PATCH, "_dispatch_service_request is missing")
    for name in ("_routing_params", "detect_service"):
        expect(callable(getattr(app, name, None)), PATCH, f"{name} is missing")
    pending: list[dict[str, Any]] = []

    async def dispatched(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any], request_id: str
    ) -> Any:
        if path == PATH:
            return _told(method, body, pending)
        if pending and headers.get("x-amz-security-token", "").startswith("arn:aws:lambda:"):
            service = app.detect_service(
                method, path, headers, app._routing_params(method, path, headers, body, query_params)
            )
            if _is_busy(service, pending):
                return _refusal(service)
        return await dispatch(method, path, headers, body, query_params, request_id)

    app._dispatch_service_request = dispatched


def _told(method: str, body: bytes, pending: list[dict[str, Any]]) -> Answer:
    if method == "POST":
        asked = json.loads(body)
        if not isinstance(asked.get("service"), str) or set(asked) - {"service", "times", "share"}:
            return 400, _json(), b'{"message": "expected service, and perhaps times and share"}'
        pending.append({"times": 1, "share": 1, **asked})
    elif method == "DELETE":
        pending.clear()
    return 200, _json(), json.dumps({"busy": pending}).encode()


def _is_busy(service: str, pending: list[dict[str, Any]]) -> bool:
    for busy in pending:
        if busy["service"] == service and random.random() < busy["share"]:
            busy["times"] -= 1
            if busy["times"] <= 0:
                pending.remove(busy)
            return True
    return False


def _refusal(service: str) -> Answer:
    if service == "s3":
        return 503, {"Content-Type": "application/xml"}, SLOW_DOWN
    return 400, _json(), json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"}).encode()


def _json() -> dict[str, str]:
    """The headers of one answer: MiniStack writes the length into them."""
    return {"Content-Type": "application/json"}
