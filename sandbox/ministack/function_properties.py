"""Apply the properties of AWS::Lambda::Function that MiniStack's CloudFormation drops.

ReservedConcurrentExecutions limits how many run at once, and DeadLetterConfig says where a failed asynchronous event
goes. MiniStack's Lambda knows both, but its CloudFormation handler does not hand them on.
"""

from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.lambda_svc as lambda_svc

from expect import expect

PATCH = "properties of AWS::Lambda::Function"
# Where each operation of a handler gets the wanted properties: create(id, props, ...), update(id, old, new, ...).
WANTED = {"create": 1, "update": 2}


def apply() -> None:
    """Wrap the handler's create and update, so that they end with both properties as the template has them."""
    handler = provisioners._RESOURCE_HANDLERS.get("AWS::Lambda::Function", {})
    for operation, position in WANTED.items():
        expect(callable(handler.get(operation)), PATCH, f"the handler has no {operation}")
        handler[operation] = _with_properties(handler[operation], position)


def _with_properties(original: Callable[..., Any], position: int) -> Callable[..., Any]:
    def provision(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        _set_properties(result[0], args[position])
        return result

    return provision


def _set_properties(name: str, props: dict[str, Any]) -> None:
    function = lambda_svc._functions[name]
    expect("concurrency" in function and "config" in function, PATCH, f"{name} has only {sorted(function)}")
    reserved = props.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    dead_letter = props.get("DeadLetterConfig")
    refused = lambda_svc._validate_dead_letter_config(dead_letter)
    if refused:
        raise ValueError(f"AWS::Lambda::Function dead letter queue of {name}: {refused[2]!r}")
    if dead_letter:
        function["config"]["DeadLetterConfig"] = dead_letter
    else:
        function["config"].pop("DeadLetterConfig", None)
