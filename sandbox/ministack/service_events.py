"""Let the services that stand beside MiniStack publish their own events.

EventBridge refuses a PutEvents whose source begins with `aws.`, from anyone but the AWS service itself, and so does
MiniStack. SageMaker runs beside it here and must publish `aws.sagemaker` events, the developer tools theirs; as AWS's
services do, each names itself by its service principal. A request without that header is refused as on AWS.
"""

import json
from typing import Any

import ministack.services.eventbridge as eventbridge

from expect import expect

PATCH = "events of services beside MiniStack"
HEADER = "x-service-principal"
SOURCES = {
    "sagemaker.amazonaws.com": "aws.sagemaker",
    "codecommit.amazonaws.com": "aws.codecommit",
    "codepipeline.amazonaws.com": "aws.codepipeline",
    "codebuild.amazonaws.com": "aws.codebuild",
}


def apply() -> None:
    """Hand PutEvents of a known service principal to the path that MiniStack's built-in services use."""
    handle = getattr(eventbridge, "handle_request", None)
    expect(callable(handle), PATCH, "eventbridge.handle_request is missing")
    variables = eventbridge._put_events.__code__.co_varnames
    expect("allow_aws_source" in variables, PATCH, "_put_events takes no allow_aws_source")

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        if not _from_service(headers, body):
            return await handle(method, path, headers, body, query_params)
        eventbridge._ensure_default_bus()
        return eventbridge._put_events(json.loads(body), allow_aws_source=True)

    eventbridge.handle_request = handle_request


def _from_service(headers: dict[str, str], body: bytes) -> bool:
    source = SOURCES.get(headers.get(HEADER, ""))
    if source is None or not headers.get("x-amz-target", "").endswith(".PutEvents"):
        return False
    return all(entry.get("Source") == source for entry in json.loads(body).get("Entries", []))
