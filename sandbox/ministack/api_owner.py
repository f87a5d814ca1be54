"""Serve a REST API to callers of any account, and to those of none.

A request to an API's URL is not signed, unless the API asks for it: the API's id alone says whose it is. MiniStack
looks for the API in the caller's account only, and an unsigned request is its default account's.
"""

import ministack.services.apigateway_v1 as apigateway

from expect import expect

PATCH = "REST APIs of any account"


def apply() -> None:
    """Let the search for an API's owner go on in the other accounts."""
    find_in_account = getattr(apigateway, "find_api_scope", None)
    expect(callable(find_in_account), PATCH, "find_api_scope is missing")
    expect(hasattr(apigateway._rest_apis, "all_items"), PATCH, "the APIs cannot be listed over all accounts")

    def find_api_scope(api_id: str) -> tuple[str, str] | None:
        every = apigateway._rest_apis.all_items()
        owners = [(account, region) for (account, region, known), _ in every if known == api_id]
        return find_in_account(api_id) or (owners[0] if len(owners) == 1 else None)

    apigateway.find_api_scope = find_api_scope
