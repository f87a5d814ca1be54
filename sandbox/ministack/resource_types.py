"""Hand resource types of services that MiniStack lacks over to the stand-ins that run beside it.

A stand-in answers `POST /_cloudformation` with a resource's physical id and attributes, or with the reason for which the
resource fails. What CloudFormation itself knows of a type (which properties replace a resource, which are there at all,
whether stack tags reach it) is in AWS's own schema of the type, as cfn-lint ships it.
"""

import contextvars
import os
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudformation.stacks as stacks

from expect import expect
from resource_schema import create_only, has_tags, problems
from stand_in import for_resource

PATCH = "resource types of stand-ins"

# The types by the environment variable that says where their stand-in is; without it MiniStack refuses them.
STAND_INS = {
    "SAGEMAKER_URL": (
        "AWS::SageMaker::Model",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::Endpoint",
    ),
    "DEVELOPER_TOOLS_URL": (
        "AWS::CodeCommit::Repository",
        "AWS::CodePipeline::Pipeline",
        "AWS::CodeBuild::Project",
        "AWS::ServiceCatalog::Portfolio",
        "AWS::ServiceCatalog::CloudFormationProduct",
        "AWS::ServiceCatalog::PortfolioProductAssociation",
        "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
        "AWS::ServiceCatalog::LaunchRoleConstraint",
    ),
}
# Types whose other properties replace them too: with an explicit name, which must change then, CloudFormation refuses.
CUSTOM_NAMES = {"AWS::SageMaker::Model": "ModelName", "AWS::SageMaker::EndpointConfig": "EndpointConfigName"}

Properties = dict[str, Any]
# A handler's deletion is not told the stack's name.
_deleting_stack: contextvars.ContextVar[str] = contextvars.ContextVar("deleting_stack", default="")


def apply() -> None:
    """Register the types of every stand-in that runs, and keep their handlers off the event loop: they call back."""
    for name in ("_runs_on_worker_thread", "_delete_resource"):
        expect(callable(getattr(stacks, name, None)), PATCH, f"{name} is missing")
    runs_on_thread = stacks._runs_on_worker_thread
    stacks._delete_resource = _naming_the_stack(stacks._delete_resource)
    for name in ("_RESOURCE_HANDLERS", "_REPLACING_PROPERTIES", "_CUSTOM_NAME_REPLACEMENT", "_STACK_TAG_PROPERTY"):
        expect(isinstance(getattr(provisioners, name, None), dict), PATCH, f"{name} is not a dict")
    registered = set()
    for variable, types in STAND_INS.items():
        url = os.environ.get(variable)
        for resource_type in types if url else ():
            _register(resource_type, f"{url}/_cloudformation")
            registered.add(resource_type)
    stacks._runs_on_worker_thread = lambda resource_type: resource_type in registered or runs_on_thread(resource_type)


def _naming_the_stack(delete: Callable[..., None]) -> Callable[..., None]:
    def delete_resource(
        resource_type: str, physical_id: str, properties: Properties, stack: str | None = None, logical_id: str | None = None
    ) -> None:
        token = _deleting_stack.set(stack or "")
        try:
            delete(resource_type, physical_id, properties, stack, logical_id)
        finally:
            _deleting_stack.reset(token)

    return delete_resource


def _register(resource_type: str, url: str) -> None:
    provisioners._RESOURCE_HANDLERS[resource_type] = _handler(resource_type, url)
    provisioners._REPLACING_PROPERTIES[resource_type] = create_only(resource_type)
    if has_tags(resource_type):
        provisioners._STACK_TAG_PROPERTY[resource_type] = ("Tags", "list")
    if resource_type in CUSTOM_NAMES:
        provisioners._CUSTOM_NAME_REPLACEMENT[resource_type] = {"name": CUSTOM_NAMES[resource_type]}


def _handler(resource_type: str, url: str) -> dict[str, Any]:
    def operation(action: str, logical_id: str | None, properties: Properties, **rest: Any) -> dict[str, Any]:
        resource = {"type": resource_type, "logicalId": logical_id or "", "properties": _own(properties)}
        return for_resource(url, {"action": action, **resource, **rest})

    def create(logical_id: str, properties: Properties, stack: str) -> tuple[str, Properties]:
        _check(resource_type, logical_id, properties)
        return _provisioned(operation("create", logical_id, properties, stackName=stack))

    def update(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str | None = None
    ) -> tuple[str, Properties]:
        _check(resource_type, logical_id, new)
        before = {"physicalId": physical_id, "oldProperties": _own(old)}
        return _provisioned(operation("update", logical_id, new, stackName=stack, **before))

    def delete(physical_id: str, properties: Properties, logical_id: str | None = None) -> None:
        operation("delete", logical_id, properties, stackName=_deleting_stack.get(), physicalId=physical_id)

    flags = {"update_with_logical_id": True, "delete_with_logical_id": True}
    handler: dict[str, Callable[..., Any] | bool] = {"create": create, "update": update, "delete": delete, **flags}
    return handler


def _check(resource_type: str, logical_id: str | None, properties: Properties) -> None:
    found = problems(resource_type, properties)
    if found:
        listed = "\n".join(f"[{problem}]" for problem in found)
        raise ValueError(f"Properties validation failed for resource {logical_id} with message:\n{listed}")


def _own(properties: Properties) -> Properties:
    """Without CloudFormation's own tags, which no service takes from anybody else."""
    if not isinstance(properties.get("Tags"), list):
        return properties
    return {**properties, "Tags": [tag for tag in properties["Tags"] if not str(tag.get("Key", "")).startswith("aws:")]}


def _provisioned(answer: dict[str, Any]) -> tuple[str, Properties]:
    return answer["physicalId"], answer.get("attributes", {})
