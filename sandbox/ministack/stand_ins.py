"""Services that MiniStack lacks: their resource types and events go to and come from the stand-ins beside it.

- A stand-in answers `POST /_cloudformation` with a resource's physical id and attributes, or with the reason for
  which the resource fails. AWS's own schemas of the types, as cfn-lint ships them, say what CloudFormation itself
  knows: which properties exist, which ones replace a resource, and whether stack tags reach it.
- EventBridge rejects a PutEvents whose source begins with `aws.`, except from the AWS service itself. So does
  MiniStack. As AWS's services do, each stand-in names itself by its service principal.
"""

import contextvars
import importlib.util
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudformation.stacks as stacks
import ministack.services.eventbridge as eventbridge
from ministack.core.responses import get_account_id, get_region

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

HEADER = "x-service-principal"
SOURCES = {
    "sagemaker.amazonaws.com": "aws.sagemaker",
    "codebuild.amazonaws.com": "aws.codebuild",
    "codecommit.amazonaws.com": "aws.codecommit",
    "codepipeline.amazonaws.com": "aws.codepipeline",
}
# An endpoint takes its time to come up; a stand-in that is gone refuses the connection at once.
TIMEOUT_SECONDS = 3600
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
POINTER = "/properties/"


def apply() -> None:
    """Register the types of every stand-in that runs, keep their handlers off the event loop, and take their events."""
    runs_on_thread = stacks._runs_on_worker_thread
    stacks._delete_resource = _naming_the_stack(stacks._delete_resource)
    registered = set()
    for variable, types in STAND_INS.items():
        url = os.environ.get(variable)
        for resource_type in types if url else ():
            _register(resource_type, f"{url}/_cloudformation")
            registered.add(resource_type)
    stacks._runs_on_worker_thread = lambda resource_type: resource_type in registered or runs_on_thread(resource_type)
    eventbridge.handle_request = _taking_events(eventbridge.handle_request)


def _taking_events(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        if not _from_service(headers, body):
            return await handle(method, path, headers, body, query_params)
        eventbridge._ensure_default_bus()
        return eventbridge._put_events(json.loads(body), allow_aws_source=True)

    return handle_request


def _from_service(headers: dict[str, str], body: bytes) -> bool:
    source = SOURCES.get(headers.get(HEADER, ""))
    if source is None or not headers.get("x-amz-target", "").endswith(".PutEvents"):
        return False
    return all(entry.get("Source") == source for entry in json.loads(body).get("Entries", []))


def _naming_the_stack(delete: Callable[..., None]) -> Callable[..., None]:
    def delete_resource(
        resource_type: str,
        physical_id: str,
        properties: Properties,
        stack: str | None = None,
        logical_id: str | None = None,
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
        account = {"account": get_account_id(), "region": get_region()}
        return ask(url, {"action": action, **resource, **rest, **account})

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


def create_only(resource_type: str) -> tuple[str, ...]:
    """The properties whose change replaces a resource."""
    pointers = _schema(resource_type).get("createOnlyProperties", [])
    return tuple(pointer.removeprefix(POINTER).split("/")[0] for pointer in pointers)


def has_tags(resource_type: str) -> bool:
    """Whether a stack's tags reach resources of the type."""
    return "Tags" in _schema(resource_type)["properties"]


def problems(resource_type: str, properties: dict[str, Any]) -> list[str]:
    """What CloudFormation refuses before it calls the service, in its words: members that are missing or not there."""
    schema = _schema(resource_type)
    missing = [f"#: required key [{key}] not found" for key in schema.get("required", []) if key not in properties]
    known = set(schema["properties"])
    extraneous = [f"#: extraneous key [{key}] is not permitted" for key in properties if key not in known]
    read_only = {pointer.removeprefix(POINTER) for pointer in schema.get("readOnlyProperties", [])}
    written = [f"#: read-only key [{key}] is not permitted" for key in properties if key in read_only]
    return missing + extraneous + written


@cache
def _schema(resource_type: str) -> dict[str, Any]:
    spec = importlib.util.find_spec("cfnlint")
    schemas = Path(spec.origin if spec and spec.origin else "").parent / "data" / "schemas"
    region = json.loads((schemas / "providers" / "us-east-1.json").read_text())
    schema: dict[str, Any] = json.loads((schemas / "resources" / f"{region[resource_type]}.json").read_text())
    return schema


def ask(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Post a request.

    Raises ValueError with the stand-in's message when it refuses, or with what went wrong on the way.
    """
    request = urllib.request.Request(
        url,
        json.dumps(body).encode(),
        {"content-type": "application/json", **(headers or {})},
    )
    try:
        with _direct.open(request, timeout=TIMEOUT_SECONDS) as answer:
            parsed: dict[str, Any] = json.loads(answer.read() or b"{}")
            return parsed
    except urllib.error.HTTPError as error:
        raise ValueError(_message(error)) from None
    except OSError as error:
        raise ValueError(f"{url} does not answer: {error}") from None


def _message(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        message = json.loads(text).get("message")
    except (ValueError, AttributeError):
        message = None
    return message or f"{error.url} answered {error.code}: {text}"
