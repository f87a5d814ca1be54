"""Rotate secrets as Secrets Manager does, by a Lambda function and in four steps.

MiniStack's RotateSecret copies the current value and asks no function, its PutSecretValue overwrites versions, and its
CloudFormation has no AWS::SecretsManager::RotationSchedule. Here a rotation fails as on AWS: where the function's policy does not
let Secrets Manager in, where one is not complete, and step by step, after which it is tried again from its first step. Schedules
are kept and never come to pass by themselves.
"""

import json
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.lambda_svc as lambda_svc
import ministack.services.secretsmanager as secretsmanager
from ministack.core.concurrency import spawn_background
from ministack.core.responses import error_response_json, json_response

from functions import allows
from stand_ins import create_only, problems

TYPE = "AWS::SecretsManager::RotationSchedule"
SERVICE = "secretsmanager.amazonaws.com"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
ATTEMPTS = 3
PAUSE_SECONDS = 2
logger = logging.getLogger("secret_rotation")

Record = dict[str, Any]


class Refused(Exception):
    """What Secrets Manager answers with an error, by its code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def apply() -> None:
    """Replace RotateSecret, hold readers and writers of versions to their rules, and register the resource type."""
    secretsmanager._rotate_secret = _answering(rotate)
    secretsmanager._get_secret_value = _checked(secretsmanager._get_secret_value, _check_reading)
    secretsmanager._put_secret_value = _checked(secretsmanager._put_secret_value, _check_writing)
    secretsmanager._describe_secret = _with_last_rotation(secretsmanager._describe_secret)
    provisioners._RESOURCE_HANDLERS[TYPE] = {"create": _create, "update": _update, "delete": _delete}
    provisioners._REPLACING_PROPERTIES[TYPE] = create_only(TYPE)


def rotate(data: Record) -> Record:
    """RotateSecret (docs.aws.amazon.com/secretsmanager, API_RotateSecret): returns at once, the steps follow."""
    secret = _secret(data)
    arn = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not arn:
        raise Refused("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.")
    rules = _rules(data.get("RotationRules") or secret.get("RotationRules") or {})
    _require_invocable(arn, secret["ARN"])
    pending, _ = secretsmanager._find_stage_version(secret, "AWSPENDING")
    if pending and "AWSCURRENT" not in secret["Versions"][pending]["Stages"]:
        raise Refused("InvalidRequestException", "A previous rotation isn't complete. That rotation will be reattempted.")
    secret.update({"RotationLambdaARN": arn, "RotationRules": rules, "RotationEnabled": True})
    token = data.get("ClientRequestToken") or str(uuid.uuid4())
    _label(secret, "AWSPENDING", token)
    if data.get("RotateImmediately", True):
        spawn_background(_rotation, secret, token, thread_name="rotate-secret")
    else:
        spawn_background(_trial, secret, token, thread_name="try-rotation")
    return {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token}


def _rotation(secret: Record, token: str) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        if all(_succeeds(secret, step, token) for step in STEPS):
            secret["LastRotatedDate"] = int(time.time())
            return
        logger.warning("%s: rotation failed, attempt %d of %d", secret["Name"], attempt, ATTEMPTS)
        time.sleep(PAUSE_SECONDS)


def _trial(secret: Record, token: str) -> None:
    _succeeds(secret, "testSecret", token)
    secret["Versions"].pop(token, None)


def _succeeds(secret: Record, step: str, token: str) -> bool:
    function, config, _name = lambda_svc._get_func_record_for_ref(secret["RotationLambdaARN"])
    if not function or not config:
        return False
    event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": token}
    result = lambda_svc._execute_function(lambda_svc._execution_record_for_config(function, config), event)
    logger.info("%s: %s of %s: %s", secret["Name"], step, token, "failed" if result.get("error") else "done")
    return not result.get("error")


def _label(secret: Record, stage: str, version: str) -> None:
    for other in secret["Versions"].values():
        other["Stages"] = [one for one in other["Stages"] if one != stage]
    empty = {"SecretString": None, "SecretBinary": None, "CreatedDate": int(time.time()), "Stages": []}
    secret["Versions"].setdefault(version, empty)["Stages"].append(stage)


def _rules(rules: Record) -> Record:
    days = rules.get("AutomaticallyAfterDays")
    if (days is None) == (rules.get("ScheduleExpression") is None):
        raise Refused("InvalidParameterException", "Give either AutomaticallyAfterDays or ScheduleExpression.")
    if days is not None and not 1 <= int(days) <= 1000:
        raise Refused("InvalidParameterException", "AutomaticallyAfterDays must be between 1 and 1000.")
    return rules


def _require_invocable(arn: str, secret_arn: str) -> None:
    function, _config, _name = lambda_svc._get_func_record_for_ref(arn)
    if not allows(function and function["policy"], SERVICE, "lambda:InvokeFunction", arn, secret_arn):
        raise Refused(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. "
            f"Ensure that the function policy grants access to the principal {SERVICE}.",
        )


def _secret(data: Record) -> Record:
    _name, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret:
        raise Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    if secret.get("DeletedDate"):
        raise Refused(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
    return secret


def _check_reading(data: Record) -> None:
    """A version that was given no value is not found, and an id and a stage must be of one version."""
    secret = _secret(data)
    version_id, stage = data.get("VersionId"), data.get("VersionStage")
    staged, _ = secretsmanager._find_stage_version(secret, stage or "AWSCURRENT")
    wanted = version_id or staged
    if version_id and stage and version_id != staged:
        raise Refused("ResourceNotFoundException", "You provided a VersionStage that is not associated to the provided VersionId.")
    version = secret["Versions"].get(wanted)
    if version and version.get("SecretString") is None and version.get("SecretBinary") is None:
        raise Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret value.")


def _check_writing(data: Record) -> None:
    """A version's value is written once, and a stage is of one version only."""
    secret = _secret(data)
    version = secret["Versions"].get(data.get("ClientRequestToken"))
    for name in ("SecretString", "SecretBinary"):
        if version and version.get(name) is not None and version[name] != data.get(name):
            raise Refused("ResourceExistsException", "A resource with the ID you requested already exists.")
    if "AWSPENDING" in data.get("VersionStages", []):
        _label(secret, "AWSPENDING", data.get("ClientRequestToken", ""))


def _checked(handler: Callable[[Record], Any], check: Callable[[Record], None]) -> Callable[[Record], Any]:
    def handle(data: Record) -> Any:
        try:
            check(data)
        except Refused as refusal:
            return error_response_json(refusal.code, str(refusal), 400)
        return handler(data)

    return handle


def _answering(action: Callable[[Record], Record]) -> Callable[[Record], Any]:
    def handle(data: Record) -> Any:
        try:
            return json_response(action(data))
        except Refused as refusal:
            return error_response_json(refusal.code, str(refusal), 400)

    return handle


def _with_last_rotation(describe: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def handle(data: Record) -> Any:
        status, headers, body = describe(data)
        _name, secret = secretsmanager._resolve(data.get("SecretId"))
        if status == 200 and secret and secret.get("LastRotatedDate"):
            return json_response({**json.loads(body), "LastRotatedDate": secret["LastRotatedDate"]})
        return status, headers, body

    return handle


def _create(logical_id: str, properties: Record, stack: str) -> tuple[str, Record]:
    found = problems(TYPE, properties)
    if found:
        raise ValueError(f"Properties validation failed for resource {logical_id} with message:\n{found}")
    wanted = {name: properties[name] for name in ("SecretId", "RotationLambdaARN", "RotationRules") if name in properties}
    # CloudFormation takes booleans as text too.
    immediately = str(properties.get("RotateImmediatelyOnUpdate", True)).lower() == "true"
    try:
        arn = rotate({**wanted, "RotateImmediately": immediately})["ARN"]
    except Refused as refusal:
        raise ValueError(f"{refusal.code}: {refusal}") from None
    return arn, {"Id": arn}


def _update(physical_id: str, old: Record, new: Record, stack: str) -> tuple[str, Record]:
    return _create(physical_id, new, stack)


def _delete(physical_id: str, properties: Record) -> None:
    """CancelRotateSecret; the secret may be gone already."""
    _name, secret = secretsmanager._resolve(physical_id)
    if secret:
        secret["RotationEnabled"] = False
