"""Roles, managed policies and alarms of stacks, where MiniStack's CloudFormation differs from AWS.

- A role loses its permissions boundary, which need not exist and can be deleted.
- A name that is taken takes over what another stack made; on AWS it fails the resource.
- An alarm on an expression of several metrics is rejected. Here it is recorded on a metric without data: it never fires.
"""

from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.iam as iam
from ministack.core.responses import get_account_id

NO_DATA = {"Namespace": "Sandbox", "MetricName": "NotEvaluated", "Period": 86_400}
Properties = dict[str, Any]


def apply() -> None:
    """Wrap the handlers of roles and managed policies, and what makes an alarm of a template's properties."""
    role = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    role["create"] = _new(_bounded(role["create"], 1), _taken_role)
    role["update"] = _bounded(role["update"], 2)
    policy = provisioners._RESOURCE_HANDLERS["AWS::IAM::ManagedPolicy"]
    policy["create"] = _new(policy["create"], _taken_policy)
    policy["delete"] = _unless_boundary(policy["delete"])
    record = provisioners._cw_metric_alarm_record

    def metric_alarm_record(name: str, props: Properties) -> Properties:
        if not props.get("Metrics"):
            return record(name, props)
        return record(name, {**{key: value for key, value in props.items() if key != "Metrics"}, **NO_DATA})

    provisioners._cw_metric_alarm_record = metric_alarm_record


def _bounded(provision: Callable[..., Any], position: int) -> Callable[..., Any]:
    def provision_role(*args: Any) -> Any:
        boundary = args[position].get("PermissionsBoundary")
        if boundary and not iam._policy_exists(boundary):
            raise ValueError(f"Scope ARN: {boundary} does not exist or is not attachable.")
        name, attributes = provision(*args)
        iam._roles[name]["PermissionsBoundary"] = boundary or ""
        return name, attributes

    return provision_role


def _unless_boundary(delete: Callable[..., Any]) -> Callable[..., Any]:
    """IAM deletes no policy that is in use, be it as a boundary (IAM/latest/APIReference/API_DeletePolicy)."""

    def delete_policy(arn: str, *args: Any) -> Any:
        if any(role.get("PermissionsBoundary") == arn for role in iam._roles.values()):
            raise ValueError("Cannot delete a policy attached to entities.")
        return delete(arn, *args)

    return delete_policy


def _new(create: Callable[..., Any], taken: Callable[[Properties], str | None]) -> Callable[..., Any]:
    def create_new(logical_id: str, properties: Properties, stack: str) -> Any:
        message = taken(properties)
        if message:
            raise ValueError(message)
        return create(logical_id, properties, stack)

    return create_new


def _taken_role(properties: Properties) -> str | None:
    name = properties.get("RoleName")
    return f"Role with name {name} already exists." if name and name in iam._roles else None


def _taken_policy(properties: Properties) -> str | None:
    name = properties.get("ManagedPolicyName")
    arn = f"arn:aws:iam::{get_account_id()}:policy{properties.get('Path', '/')}{name}"
    taken = name and arn in iam._policies
    return f"A policy called {name} already exists. Duplicate names are not allowed." if taken else None
