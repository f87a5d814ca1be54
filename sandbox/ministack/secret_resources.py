"""Secrets of stacks, where MiniStack's CloudFormation differs from AWS.

- A generated value knows only the length and the excluded characters. It is empty if `GenerateSecretString` is empty.
- `Ref` of a secret is its name; on AWS its ARN, which policies need.
"""

import json
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.secretsmanager as secretsmanager


def apply() -> None:
    """Generate by GetRandomPassword; the stack knows a secret by its ARN, the original handler by its name."""
    declared_value = provisioners._sm_secret_string

    def secret_string(props: dict[str, Any]) -> str:
        wanted = props.get("GenerateSecretString")
        return declared_value(props) if wanted is None else _generate(wanted)

    provisioners._sm_secret_string = secret_string
    handler = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    handler["create"] = _returning_arn(handler["create"])
    handler["update"] = _returning_arn(_taking_name(handler["update"]))
    handler["delete"] = _taking_name(handler["delete"])


def _generate(wanted: dict[str, Any]) -> str:
    options = {name: _typed(value) for name, value in wanted.items() if name != "ExcludeCharacters"}
    options["ExcludeCharacters"] = wanted.get("ExcludeCharacters", "")
    status, _headers, body = secretsmanager._get_random_password(options)
    if status >= 400:
        raise ValueError(f"AWS::SecretsManager::Secret cannot be generated: {body!r}")
    password: str = json.loads(body)["RandomPassword"]
    if "SecretStringTemplate" not in wanted:
        return password
    return json.dumps({**json.loads(wanted["SecretStringTemplate"]), wanted["GenerateStringKey"]: password})


def _typed(value: Any) -> Any:
    """CloudFormation takes numbers and booleans as text too."""
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _returning_arn(original: Callable[..., Any]) -> Callable[..., Any]:
    def provision(*args: Any, **kwargs: Any) -> Any:
        _name, attributes = original(*args, **kwargs)
        return attributes["Id"], attributes

    return provision


def _taking_name(original: Callable[..., Any]) -> Callable[..., Any]:
    def provision(physical_id: str, *args: Any, **kwargs: Any) -> Any:
        return original(_name_of(physical_id), *args, **kwargs)

    return provision


def _name_of(arn: str) -> str:
    names = (name for name, secret in secretsmanager._secrets.items() if secret.get("ARN") == arn)
    return next(names, arn)
