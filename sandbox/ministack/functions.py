"""Lambda functions and the APIs in front of them, where MiniStack differs from AWS.

- An API serves callers of its own account only; on AWS, the API's id alone says whose it is.
- Every error of a Node function has the name `Runtime.HandlerError`; on AWS its own, which Retry and Catch match on.
- CloudFormation drops DeadLetterConfig and ReservedConcurrentExecutions. The latter is rejected: no function has it.
- A dead-letter queue gets the envelope of a failure destination; on AWS the event, with attributes
  (docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
- A deployment ends the workers of every account's function of the same name.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any

import ministack.core.lambda_runtime as lambda_runtime
import ministack.services.apigateway_v1 as apigateway
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.lambda_svc as lambda_svc
import ministack.services.sqs as sqs
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, new_uuid

# The two places where the worker reports what a handler threw: asynchronously (a rejected promise) and synchronously.
REJECTED = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
THROWN = 'status: "error", error: e.message, trace: e.stack\n'


def apply() -> None:
    """Wrap the parts of MiniStack that differ."""
    apigateway.find_api_scope = _in_any_account(apigateway.find_api_scope)
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    script = script.replace(REJECTED, REJECTED + ', error_type: (err && err.name) || "Error"')
    script = script.replace(THROWN, THROWN.rstrip() + ', error_type: (e && e.name) || "Error"\n')
    lambda_runtime._NODEJS_WORKER_SCRIPT = script
    _name_errors_in_answers()
    handler = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    handler["create"] = _with_dead_letters(handler["create"], 1)
    handler["update"] = _with_dead_letters(handler["update"], 2)
    lambda_svc._route_async_failure = _sending_the_event(lambda_svc._route_async_failure)
    lambda_svc.invalidate_worker = _in_own_account(lambda_svc.invalidate_worker)


def _in_any_account(find_in_account: Callable[[str], Any]) -> Callable[[str], Any]:
    def find_api_scope(api_id: str) -> tuple[str, str] | None:
        every = apigateway._rest_apis.all_items()
        owners = [(account, region) for (account, region, known), _ in every if known == api_id]
        return find_in_account(api_id) or (owners[0] if len(owners) == 1 else None)

    return find_api_scope


def _name_errors_in_answers() -> None:
    worker_invoke = lambda_runtime.Worker.invoke
    execute_warm = lambda_svc._execute_function_warm
    # One invocation runs on one thread from _execute_function_warm down to Worker.invoke.
    last = threading.local()

    def invoke(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        result = worker_invoke(self, *args, **kwargs)
        last.error_type = result.get("error_type")
        return result

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        last.error_type = None
        answer = execute_warm(func, event, request_id)
        body = answer.get("body")
        if answer.get("error") and last.error_type and isinstance(body, dict):
            if body.get("errorType") == "Runtime.HandlerError":
                body["errorType"] = last.error_type
        return answer

    lambda_runtime.Worker.invoke = invoke
    lambda_svc._execute_function_warm = execute


def _with_dead_letters(provision: Callable[..., Any], wanted: int) -> Callable[..., Any]:
    """Apply the queue of the wanted properties, which stand at a place of the handler's arguments."""

    def provision_function(*args: Any, **kwargs: Any) -> Any:
        if "ReservedConcurrentExecutions" in args[wanted]:
            raise ValueError("The sandbox's Lambda does not have ReservedConcurrentExecutions.")
        result = provision(*args, **kwargs)
        config = lambda_svc._functions[result[0]]["config"]
        dead_letter = args[wanted].get("DeadLetterConfig")
        refused = lambda_svc._validate_dead_letter_config(dead_letter)
        if refused:
            raise ValueError(f"AWS::Lambda::Function dead letter queue of {result[0]}: {refused[2]!r}")
        config.pop("DeadLetterConfig", None)
        if dead_letter:
            config["DeadLetterConfig"] = dead_letter
        return result

    return provision_function


def _sending_the_event(route: Callable[..., None]) -> Callable[..., None]:
    def route_failure(target_arn: str, name: str, event: dict[str, Any], result: dict[str, Any]) -> None:
        route(target_arn, name, event, result)
        config = (lambda_svc._functions.get(name) or {}).get("config", {})
        queue = sqs._queue_by_arn(target_arn)
        if queue and queue["messages"] and (config.get("DeadLetterConfig") or {}).get("TargetArn") == target_arn:
            queue["messages"][-1].update(_message(event, result))

    return route_failure


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


def _in_own_account(invalidate: Callable[..., None]) -> Callable[..., None]:
    def invalidate_worker(name: str, **scope: Any) -> None:
        invalidate(name, **{"account": get_account_id(), "region": get_region(), **scope})

    return invalidate_worker


def allows(policy: Any, service: str, action: str, resource: str, source: str) -> bool:
    """Whether a resource's policy, if it has one, lets a service act on it for a source of the account at hand."""
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context={"aws:sourcearn": source, "aws:sourceaccount": get_account_id()},
    )
    return bool(policy) and evaluate_resource_policy(policy, context, service=service).decision == "Allow"
