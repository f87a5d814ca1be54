"""Deliver events to the targets of rules as EventBridge does.

- A Lambda function is invoked only when its policy lets the rule do so, and asynchronously: an error of the function is
  retried twice and then goes to the function's own dead-letter queue.
- A pipeline is started by whatever stands in for CodePipeline.
- A log group gets the event as a line, where a policy lets the rule write there.
- What cannot be delivered goes to the target's dead-letter queue, whose policy has to let it in.
"""

import contextvars
import json
import logging
import os
from collections.abc import Callable
from typing import Any

import ministack.services.cloudwatch_logs as cloudwatch_logs
import ministack.services.eventbridge as eventbridge
import ministack.services.lambda_svc as lambda_svc
import ministack.services.sqs as sqs
from ministack.core.arn import parse_arn
from ministack.core.concurrency import spawn_background
from ministack.core.responses import get_account_id, get_region, new_uuid

from functions import allows
from stand_ins import ask

SERVICE = "events.amazonaws.com"
TARGET = "CodePipeline_20150709.StartPipelineExecution"
logger = logging.getLogger("rule_targets")

Record = dict[str, Any]
# What is being delivered: the target, the event, the rule.
_delivery: contextvars.ContextVar[tuple[Record, Record, Record]] = contextvars.ContextVar("delivery")


class Undeliverable(Exception):
    """An event that a target does not get, with EventBridge's code for the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def apply() -> None:
    """Wrap the delivery to any target, and replace that to functions."""
    eventbridge._invoke_target = _delivering(eventbridge._invoke_target)
    eventbridge._dispatch_to_lambda = _invoke_function


def _delivering(invoke: Callable[..., Any]) -> Callable[..., Any]:
    def invoke_target(target: Record, event: Record, rule: Record, view: Any = None) -> None:
        token = _delivery.set((target, event, rule))
        try:
            service = parse_arn(target["Arn"]).service
            if service == "codepipeline":
                spawn_background(_start_pipeline, target, event, rule, thread_name="start-pipeline")
            elif service == "logs":
                _write_down(target, event, rule)
            else:
                invoke(target, event, rule, view)
        finally:
            _delivery.reset(token)

    return invoke_target


def _invoke_function(arn: str, payload: str) -> None:
    target, event, rule = _delivery.get()
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        return _undelivered(Undeliverable("NO_RESOURCE", f"Function not found: {arn}"), target, event, rule)
    # A schedule of the EventBridge Scheduler invokes by its role, which nothing here enforces.
    if ":rule/" in rule.get("Arn", "") and not allows(
        function["policy"], SERVICE, "lambda:InvokeFunction", arn, rule["Arn"]
    ):
        reason = f"{SERVICE} is not authorized to perform lambda:InvokeFunction on {arn} for {rule['Arn']}"
        return _undelivered(Undeliverable("NO_PERMISSIONS", reason), target, event, rule)
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))
    logger.info("%s: %s invoked", rule.get("Name"), name)
    return None


def _start_pipeline(target: Record, event: Record, rule: Record) -> None:
    name = parse_arn(target["Arn"]).resource
    url = os.environ.get("DEVELOPER_TOOLS_URL")
    credential = f"{get_account_id()}/20260101/{get_region()}/codepipeline/aws4_request"
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": TARGET,
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
        # Whose doing the execution is: CodePipeline tells a rule's from a person's.
        "x-service-principal": SERVICE,
        "x-source-arn": rule.get("Arn", ""),
    }
    try:
        if not url:
            raise ValueError("no CodePipeline stands beside MiniStack: DEVELOPER_TOOLS_URL is not set")
        ask(f"{url}/", {"name": name}, headers)
        logger.info("%s: pipeline %s started", rule.get("Name"), name)
    except ValueError as error:
        _undelivered(Undeliverable("SDK_CLIENT_ERROR", str(error)), target, event, rule)


def _write_down(target: Record, event: Record, rule: Record) -> None:
    stream = new_uuid()
    arn = target["Arn"].removesuffix(":*")
    group = parse_arn(arn).resource.removeprefix("log-group:")
    if group not in cloudwatch_logs._log_groups:
        return _undelivered(Undeliverable("NO_RESOURCE", f"Log group not found: {group}"), target, event, rule)
    policies = [policy["policyDocument"] for policy in cloudwatch_logs._resource_policies.values()]
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        resource = f"{arn}:log-stream:{stream}"
        if not any(allows(policy, SERVICE, action, resource, rule["Arn"]) for policy in policies):
            reason = f"{SERVICE} is not authorized to perform {action} on {group} for {rule['Arn']}"
            return _undelivered(Undeliverable("NO_PERMISSIONS", reason), target, event, rule)
    line = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
    place = {"logGroupName": group, "logStreamName": stream}
    cloudwatch_logs._create_log_stream(place)
    cloudwatch_logs._put_log_events({**place, "logEvents": [{"message": line}]})
    return None


def _undelivered(error: Undeliverable, target: Record, event: Record, rule: Record) -> None:
    logger.warning("%s: not delivered: %s: %s", rule.get("Name"), error.code, error)
    queue_arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    queue = sqs._queue_by_arn(queue_arn) if queue_arn else None
    if not queue:
        return
    if not allows(queue["attributes"].get("Policy"), SERVICE, "sqs:SendMessage", queue_arn, rule.get("Arn", "")):
        logger.warning("%s: %s does not let %s send to it", rule.get("Name"), queue_arn, SERVICE)
        return
    body = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
    eventbridge._dispatch_to_sqs(parse_arn(queue_arn), body)
    told = {"RULE_ARN": rule.get("Arn", ""), "TARGET_ARN": target["Arn"], "ERROR_CODE": error.code}
    attributes = {
        name: {"DataType": "String", "StringValue": value}
        for name, value in {**told, "ERROR_MESSAGE": str(error)}.items()
    }
    queue["messages"][-1]["message_attributes"] = attributes
    queue["messages"][-1]["md5_attrs"] = sqs._md5_msg_attrs(attributes)
