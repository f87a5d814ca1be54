"""Accept the resource types that MiniStack refuses, so that a stack with one of them can be deployed.

Nothing runs behind them: a pipeline does not build, a repository holds no commits, a product cannot be provisioned.
They are there to be referred to. What the sandbox does in their place (deploying the stage's stacks) it does itself.
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


def _pipeline(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
    return props.get("Name") or _unique(stack, logical_id), {"Version": "1"}


def _repository(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
    name = props["RepositoryName"]
    host = f"git-codecommit.{get_region()}.amazonaws.com/v1/repos/{name}"
    clone = {"CloneUrlHttp": f"https://{host}", "CloneUrlSsh": f"ssh://{host}"}
    return str(uuid.uuid4()), {"Arn": _arn("codecommit", name), "Name": name, **clone}


def _portfolio(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
    return f"port-{uuid.uuid4().hex[:13]}", {"PortfolioName": props["DisplayName"]}


def _product(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
    versions = props.get("ProvisioningArtifactParameters", [])
    artifacts = {
        "ProvisioningArtifactIds": ",".join(f"pa-{uuid.uuid4().hex[:13]}" for _ in versions),
        "ProvisioningArtifactNames": ",".join(version.get("Name", "") for version in versions),
    }
    return f"prod-{uuid.uuid4().hex[:13]}", {"ProductName": props["Name"], **artifacts}


def _association(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
    return _unique(stack, logical_id), {}


def _alarm(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, Attributes]:
    name = props.get("AlarmName") or _unique(stack, logical_id)
    return name, {"Arn": _arn("cloudwatch", f"alarm:{name}")}


RECORDED: dict[str, Callable[[str, dict[str, Any], str], tuple[str, Attributes]]] = {
    "AWS::CodePipeline::Pipeline": _pipeline,
    "AWS::CodeCommit::Repository": _repository,
    "AWS::ServiceCatalog::Portfolio": _portfolio,
    "AWS::ServiceCatalog::CloudFormationProduct": _product,
    "AWS::ServiceCatalog::PortfolioProductAssociation": _association,
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation": _association,
    "AWS::ServiceCatalog::LaunchRoleConstraint": _association,
    "AWS::ServiceCatalog::LaunchNotificationConstraint": _association,
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
