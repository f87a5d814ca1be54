"""Treat custom resources as CloudFormation does when something goes wrong with them.

A resource whose creation failed is deleted again by its provider (which has to cope with that); the reason says where it
comes from; an attribute that the provider did not answer fails whoever refers to it, in CloudFormation's words. The provider
is invoked asynchronously, so Lambda tries twice again when the function itself fails.
"""

import contextvars
import time
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.custom_resource as custom_resource
import ministack.services.cloudformation.engine as engine
import ministack.services.lambda_svc as lambda_svc

# The physical ids that providers gave to what they failed to make, by stack and logical id.
_failed: dict[tuple[str, str], str] = {}
# Whether it is CloudFormation that invokes a function.
_providing: contextvars.ContextVar[bool] = contextvars.ContextVar("providing", default=False)
# How long Lambda waits before it tries again: 1 and 2 minutes on AWS.
RETRY_SECONDS = (1, 2)


def apply() -> None:
    """Wrap the provider's answer and its call, and the message for an attribute that is missing."""
    _remember_failures()
    _delete_what_failed()
    _name_missing_attributes()
    lambda_svc._execute_function_with_config_scope = _retried(lambda_svc._execute_function_with_config_scope)


def _retried(execute: Callable[..., Any]) -> Callable[..., Any]:
    def execute_function(function: dict[str, Any], event: Any) -> Any:
        result = execute(function, event)
        for seconds in RETRY_SECONDS if _providing.get() else ():
            if not result.get("error"):
                break
            time.sleep(seconds)
            result = execute(function, event)
        return result

    return execute_function


def _remember_failures() -> None:
    deliver = custom_resource.deliver_response

    def deliver_response(token: str, response: dict[str, Any]) -> bool:
        if response.get("Status") == "FAILED":
            key = (response.get("StackId", ""), response.get("LogicalResourceId", ""))
            _failed[key] = response.get("PhysicalResourceId", "")
        delivered: bool = deliver(token, response)
        return delivered

    custom_resource.deliver_response = deliver_response


def _delete_what_failed() -> None:
    invoke = custom_resource.invoke_custom_resource

    def invoke_custom_resource(
        request: str, logical_id: str, props: dict[str, Any], stack: str, stack_id: str, *rest: Any, **kwargs: Any
    ) -> Any:
        token = _providing.set(True)
        try:
            return invoke(request, logical_id, props, stack, stack_id, *rest, **kwargs)
        except RuntimeError as error:
            physical_id = _failed.pop((stack_id, logical_id), "")
            if request == "Create" and physical_id:
                invoke("Delete", logical_id, props, stack, stack_id, *rest, physical_id=physical_id)
            raise RuntimeError(
                f"Received response status [FAILED] from custom resource. Message returned: {error}"
            ) from error
        finally:
            _providing.reset(token)

    custom_resource.invoke_custom_resource = invoke_custom_resource


def _name_missing_attributes() -> None:
    message = engine._unknown_attribute_message

    def unknown_attribute_message(resource: dict[str, Any], logical_id: str, attribute: str) -> str:
        resource_type = resource.get("ResourceType", "")
        if not resource_type.startswith("Custom::") and resource_type != "AWS::CloudFormation::CustomResource":
            text: str = message(resource, logical_id, attribute)
            return text
        return f"CustomResource attribute error: Vendor response doesn't contain {attribute} attribute in object {logical_id}"

    engine._unknown_attribute_message = unknown_attribute_message
