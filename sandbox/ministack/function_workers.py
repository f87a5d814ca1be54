"""End only the own account's workers when a function is deployed.

Two accounts have functions of the same names here. MiniStack's CloudFormation ends every worker of a function's name, also one
of another account that is just answering.
"""

from typing import Any

import ministack.services.lambda_svc as lambda_svc
from ministack.core.responses import get_account_id, get_region

from expect import expect

PATCH = "workers of functions"


def apply() -> None:
    """Narrow what ends workers to the account and region at hand."""
    invalidate = getattr(lambda_svc, "invalidate_worker", None)
    expect(callable(invalidate), PATCH, "invalidate_worker is missing")
    expect({"account", "region"} <= set(invalidate.__code__.co_varnames), PATCH, "invalidate_worker knows no account")

    def invalidate_worker(name: str, **scope: Any) -> None:
        invalidate(name, **{"account": get_account_id(), "region": get_region(), **scope})

    lambda_svc.invalidate_worker = invalidate_worker
