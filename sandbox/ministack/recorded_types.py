"""Accept the resource types that MiniStack refuses, so that a stack with one of them can be deployed.

Nothing runs behind them: an alarm is never raised. They are there to be referred to. Types that a stand-in has are its
own: resource_types.py.
"""

import logging
import uuid
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
from ministack.core.responses import get_account_id, get_region

from expect import expect

PATCH = "recorded resource types"
logger = logging.getLogger("recorded")

Attributes = dict[str, str]


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _unique(stack: str, logical_id: str) -> str:
    return f"{stack}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"


def _alarm(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
    name = props.get("AlarmName") or _unique(stack, logical_id)
    return name, {"Arn": _arn("cloudwatch", f"alarm:{name}")}


RECORDED: dict[str, Callable[[str, dict[str, Any], str], tuple[str, Attributes]]] = {
    "AWS::CloudWatch::CompositeAlarm": _alarm,
}


def apply() -> None:
    """Register a handler for each type that MiniStack has none for; one that it learnt meanwhile stays its own."""
    handlers = provisioners._RESOURCE_HANDLERS
    expect(isinstance(handlers, dict), PATCH, "_RESOURCE_HANDLERS is not a dict")
    for resource_type, create in RECORDED.items():
        handlers.setdefault(resource_type, _handler(resource_type, create))


def _handler(resource_type: str, create: Callable[..., tuple[str, Attributes]]) -> dict[str, Any]:
    attributes: dict[str, Attributes] = {}

    def record(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
        physical_id, attributes_of_it = create(logical_id, props, stack)
        attributes[physical_id] = attributes_of_it
        logger.info("%s %s is recorded only; nothing runs behind it", resource_type, physical_id)
        return physical_id, attributes_of_it

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str) -> tuple[str, Attributes]:
        return physical_id, attributes.get(physical_id, {})

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        attributes.pop(physical_id, None)

    return {"create": record, "update": update, "delete": delete}
