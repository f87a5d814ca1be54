"""Record which AWS calls each Lambda function makes, as CloudTrail would; reject some of them, as tests ask.

A function's session token is its own ARN here. SDKs send the token with each request, to MiniStack and to the
stand-ins. `GET /_sandbox/calls` lists each function's calls, each kind once with its count. MiniStack itself says
which permission a request needs, as where it enforces IAM.

`POST /_sandbox/busy` with `{"service": "s3", "times": 5}` rejects the next calls of functions to a service, with
AWS's error. With `"share": 0.1` it rejects as much of them at random, until it has rejected as many. `GET` lists what
is left, and `DELETE` clears it. Other callers are served. Rejected calls are recorded, too.
"""

import json
import random
from collections import Counter
from typing import Any

import ministack.app as app
import ministack.core.iam_actions as iam_actions
import ministack.core.lambda_runtime as lambda_runtime
import ministack.services.lambda_svc as lambda_svc
from ministack.core.responses import get_account_id

CALLS = "/_sandbox/calls"
BUSY = "/_sandbox/busy"
TOKEN = "x-amz-security-token"

# docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html: 503 when there are too many requests.
SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)

Answer = tuple[int, dict[str, str], bytes]
Call = tuple[str, str, str]


def apply() -> None:
    """Give every function its token, and look at every request before it is answered."""
    credentials = lambda_runtime.execution_credentials

    def named(config: dict[str, Any]) -> dict[str, str]:
        return {**credentials(config), "AWS_SESSION_TOKEN": config.get("FunctionArn", "")}

    lambda_runtime.execution_credentials = named
    lambda_svc.execution_credentials = named
    _observe_requests()


def _observe_requests() -> None:
    dispatch = app._dispatch_service_request
    calls: Counter[Call] = Counter()
    pending: list[dict[str, Any]] = []

    async def observed(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any], request_id: str
    ) -> Any:
        if method == "GET" and path == CALLS:
            return _listed(calls)
        if path == BUSY:
            return _told(method, body, pending)
        caller = headers.get(TOKEN, "")
        if caller.startswith("arn:aws:lambda:"):
            service = _service(method, path, headers, body, query_params)
            for permission in _permissions(service, method, path, headers, body, query_params):
                calls[(caller, *permission)] += 1
            if _is_busy(service, pending):
                return _refusal(service)
        return await dispatch(method, path, headers, body, query_params, request_id)

    app._dispatch_service_request = observed


def _service(method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]) -> str:
    service: str = app.detect_service(
        method, path, headers, app._routing_params(method, path, headers, body, query_params)
    )
    return service


def _permissions(
    service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> list[tuple[str, str]]:
    """The actions and resources that a policy must allow for a request, which may be an action of its own."""
    params = app._routing_params(method, path, headers, body, query_params)
    action = iam_actions.extract_iam_action(service, method, path, headers, body, params)
    region = app.extract_region(headers)
    resource = iam_actions.extract_resource_arn(
        service, method, path, headers, body, params, region, get_account_id()
    )
    # Rules of the default bus have no bus in their ARN (service-authorization, Amazon EventBridge, resource types).
    resource = (resource or "*").replace(":rule/default/", ":rule/")
    permission = (action or f"{service}:{method} {path}", resource)
    # A copy reads its source too.
    more = iam_actions.s3_additional_checks(method, path, headers, body, query_params) if service == "s3" else []
    return [permission, *more]


def _listed(calls: Counter[Call]) -> tuple[int, dict[str, str], bytes]:
    listed = [
        {"function": function, "action": action, "resource": resource, "count": count}
        for (function, action, resource), count in sorted(calls.items())
    ]
    return 200, _json(), json.dumps({"calls": listed}).encode()


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
