"""Make `Ref` of an AWS::SecretsManager::Secret its ARN, as on AWS.

CDK's `secret.secretArn` is that Ref. MiniStack's is the secret's name, which would pass for an ARN where both are
taken, and not in policies.
"""

from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.secretsmanager as secretsmanager

from expect import expect

PATCH = "Ref of a secret"


def apply() -> None:
    """Wrap the handler: the stack knows the secret by its ARN, the original handler by its name."""
    handler = provisioners._RESOURCE_HANDLERS.get("AWS::SecretsManager::Secret", {})
    operations = {name for name in ("create", "update", "delete") if callable(handler.get(name))}
    expect(operations == {"create", "update", "delete"}, PATCH, f"the handler has only {sorted(operations)}")
    handler["create"] = _returning_arn(handler["create"])
    handler["update"] = _returning_arn(_taking_name(handler["update"]))
    handler["delete"] = _taking_name(handler["delete"])


def _returning_arn(original: Callable[..., Any]) -> Callable[..., Any]:
    def provision(*args: Any, **kwargs: Any) -> Any:
        _name, attributes = original(*args, **kwargs)
        expect("Id" in attributes, PATCH, f"a secret has only the attributes {sorted(attributes)}")
        return attributes["Id"], attributes

    return provision


def _taking_name(original: Callable[..., Any]) -> Callable[..., Any]:
    def provision(physical_id: str, *args: Any, **kwargs: Any) -> Any:
        return original(_name_of(physical_id), *args, **kwargs)

    return provision


def _name_of(arn: str) -> str:
    names = (name for name, secret in secretsmanager._secrets.items() if secret.get("ARN") == arn)
    return next(names, arn)
