"""Ask a service that runs beside MiniStack."""

import json
import urllib.error
import urllib.request
from typing import Any

from ministack.core.responses import get_account_id, get_region

# An endpoint takes its time to come up; a stand-in that is gone refuses the connection at once.
TIMEOUT_SECONDS = 3600
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def for_resource(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post a request about a resource of the account and region at hand."""
    return ask(url, {**body, "account": get_account_id(), "region": get_region()})


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
