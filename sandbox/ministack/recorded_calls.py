"""Remember which AWS calls each Lambda function made, and on what, as CloudTrail would.

A function's session token is its own ARN here, and SDKs send the token with each request: to MiniStack and to the services
that stand beside it. `GET /_sandbox/calls` lists each function's calls, every kind once and how often it was made. What a permission must allow is
MiniStack's own reading of a request, which it uses where IAM is enforced.
"""

import json
from collections import Counter
from typing import Any

import ministack.app as app
import ministack.core.iam_actions as iam_actions
import ministack.core.lambda_runtime as lambda_runtime
import ministack.services.lambda_svc as lambda_svc
from ministack.core.responses import get_account_id

from expect import expect

PATCH = "recorded calls"
PATH = "/_sandbox/calls"
TOKEN = "x-amz-security-token"

Call = tuple[str, str, str]


def apply() -> None:
    """Give every function its token, and look at every request before it is answered."""
    _name_the_caller()
    _record_requests()


def _name_the_caller() -> None:
    credentials = getattr(lambda_runtime, "execution_credentials", None)
    expect(callable(credentials), PATCH, "execution_credentials is missing")
    expect(getattr(lambda_svc, "execution_credentials", None) is credentials, PATCH, "the services have their own credentials")

    def named(config: dict[str, Any]) -> dict[str, str]:
        return {**credentials(config), "AWS_SESSION_TOKEN": config.get("FunctionArn", "")}

    lambda_runtime.execution_credentials = named
    lambda_svc.execution_credentials = named


def _record_requests() -> None:
    expect(callable(getattr(iam_actions, "s3_additional_checks", None)), PATCH, "s3_additional_checks is missing")
    dispatch = getattr(app, "_dispatch_service_request", None)
    expect(callable(dispatch), PATCH, "_dispatch_service_request is missing")
    for name in ("_routing_params", "detect_service", "extract_region"):
        expect(callable(getattr(app, name, None)), PATCH, f"{name} is missing")
    calls: Counter[Call] = Counter()

    async def recorded(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any], request_id: str
    ) -> Any:
        if method == "GET" and path == PATH:
            return _listed(calls)
        caller = headers.get(TOKEN, "")
        if caller.startswith("arn:aws:lambda:"):
            for permission in _permissions(method, path, headers, body, query_params):
                calls[(caller, *permission)] += 1
        return await dispatch(method, path, headers, body, query_params, request_id)

    app._dispatch_service_request = recorded


def _permissions(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> list[tuple[str, str]]:
    """The actions and resources that a policy must allow for a request; a request that has none is an action of its own."""
    params = app._routing_params(method, path, headers, body, query_params)
    service = app.detect_service(method, path, headers, params)
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
    return 200, {"Content-Type": "application/json"}, json.dumps({"calls": listed}).encode()
