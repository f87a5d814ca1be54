"""Make a stack's roles and managed policies as IAM does.

A role keeps its permissions boundary, which must be there; a name that is taken fails the resource instead of taking over
what another stack made.
"""

from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.iam as iam
from ministack.core.responses import get_account_id

from expect import expect

PATCH = "IAM resources of stacks"
Properties = dict[str, Any]


def apply() -> None:
    """Wrap the handlers of roles and managed policies."""
    for name in ("_roles", "_policies", "_policy_exists"):
        expect(hasattr(iam, name), PATCH, f"iam.{name} is missing")
    role = _handler("AWS::IAM::Role")
    role["create"] = _new(_bounded(role["create"], 1), _taken_role)
    role["update"] = _bounded(role["update"], 2)
    policy = _handler("AWS::IAM::ManagedPolicy")
    policy["create"] = _new(policy["create"], _taken_policy)


def _handler(resource_type: str) -> dict[str, Any]:
    handler: dict[str, Any] = provisioners._RESOURCE_HANDLERS.get(resource_type, {})
    for operation in ("create", "update"):
        expect(callable(handler.get(operation)), PATCH, f"the handler of {resource_type} has no {operation}")
    return handler


def _bounded(provision: Callable[..., Any], position: int) -> Callable[..., Any]:
    def provision_role(*args: Any) -> Any:
        boundary = args[position].get("PermissionsBoundary")
        if boundary and not iam._policy_exists(boundary):
            raise ValueError(f"Scope ARN: {boundary} does not exist or is not attachable.")
        name, attributes = provision(*args)
        iam._roles[name]["PermissionsBoundary"] = boundary or ""
        return name, attributes

    return provision_role


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
