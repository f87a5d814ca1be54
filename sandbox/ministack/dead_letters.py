"""Put into a function's dead-letter queue what Lambda puts there: the event itself.

MiniStack sends the envelope of a failure destination to both. What is wrong with the event is told by attributes
(docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
"""

import hashlib
import json
from typing import Any

import ministack.services.lambda_svc as lambda_svc
import ministack.services.sqs as sqs
from ministack.core.responses import new_uuid

from expect import expect

PATCH = "dead-letter queues of functions"


def apply() -> None:
    """Wrap the routing of what failed: its last message is written anew when it went to a dead-letter queue."""
    route = getattr(lambda_svc, "_route_async_failure", None)
    expect(callable(route), PATCH, "_route_async_failure is missing")
    for name in ("_queue_by_arn", "_md5_msg_attrs"):
        expect(callable(getattr(sqs, name, None)), PATCH, f"sqs.{name} is missing")

    def route_failure(target_arn: str, name: str, event: dict[str, Any], result: dict[str, Any]) -> None:
        route(target_arn, name, event, result)
        config = (lambda_svc._functions.get(name) or {}).get("config", {})
        queue = sqs._queue_by_arn(target_arn)
        if queue and queue["messages"] and (config.get("DeadLetterConfig") or {}).get("TargetArn") == target_arn:
            queue["messages"][-1].update(_message(event, result))

    lambda_svc._route_async_failure = route_failure


def _message(event: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(event)
    answered = result.get("body")
    error = answered.get("errorMessage", "") if isinstance(answered, dict) else str(answered)
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": new_uuid()},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": error[:1024] or "Unhandled"},
    }
    return {
        "body": body,
        "md5_body": hashlib.md5(body.encode()).hexdigest(),
        "message_attributes": attributes,
        "md5_attrs": sqs._md5_msg_attrs(attributes),
    }
