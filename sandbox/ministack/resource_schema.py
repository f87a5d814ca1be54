"""AWS's own schemas of resource types, as cfn-lint ships them: what CloudFormation checks and knows before it calls a service."""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

from expect import expect

PATCH = "schemas of resource types"
POINTER = "/properties/"


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
    expect(spec is not None and spec.origin is not None, PATCH, "cfn-lint is not installed")
    schemas = Path(spec.origin).parent / "data" / "schemas"
    region = json.loads((schemas / "providers" / "us-east-1.json").read_text())
    expect(resource_type in region, PATCH, f"cfn-lint has no schema of {resource_type}")
    schema: dict[str, Any] = json.loads((schemas / "resources" / f"{region[resource_type]}.json").read_text())
    return schema
