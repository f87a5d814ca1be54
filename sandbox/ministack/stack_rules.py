"""Hold stacks to what CloudFormation refuses, in its words, where MiniStack lets it pass or does it at once.

- A stack that rolled back after its creation can only be deleted; one that is at work takes no other operation.
- A stack that is being created can be deleted: what has not begun is cancelled, what runs is waited for, then all goes.
- A template with IAM resources needs its capability said.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.handlers as handlers
import ministack.services.cloudformation.stacks as stacks
from ministack.services.cloudformation.helpers import _error, _p

CANCELLED = "Resource creation cancelled"
# A change set may make these into a stack; every other stack that is there is in its way.
NOT_YET = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
UPDATABLE = (
    *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"),
    # Stacks whose rollback was disabled.
    *("CREATE_FAILED", "UPDATE_FAILED"),
)
DELETABLE_AT_WORK = ("CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS")

Params = dict[str, Any]
Handler = Callable[[Params], Any]
# The operation that is at work on a stack, by the stack's id.
_at_work: dict[str, asyncio.Lock] = {}
_to_delete: set[str] = set()


def apply() -> None:
    """Wrap the API's actions and the operations that they begin."""
    rules = {
        "CreateStack": _refuse_create,
        "UpdateStack": _refuse_update,
        "CreateChangeSet": _refuse_change_set,
        "ExecuteChangeSet": _refuse_execution,
        "DeleteStack": _refuse_delete,
    }
    for action, refusal in rules.items():
        handlers._ACTION_HANDLERS[action] = _unless(refusal, handlers._ACTION_HANDLERS[action])
    handlers._capabilities_enforced = lambda: True
    _one_at_a_time()
    _cancellable_creation()


def _unless(refusal: Callable[[Params], str | tuple[str, str] | None], handle: Handler) -> Handler:
    def checked(params: Params) -> Any:
        refused = refusal(params)
        if refused is None:
            return handle(params)
        code, message = refused if isinstance(refused, tuple) else ("ValidationError", refused)
        return _error(code, message)

    return checked


def _stack(params: Params) -> dict[str, Any] | None:
    found: dict[str, Any] | None = handlers._resolve_stack(_p(params, "StackName"))
    return None if found is None or found["StackStatus"] == "DELETE_COMPLETE" else found


def _refuse_create(params: Params) -> tuple[str, str] | None:
    found = _stack(params)
    return found and ("AlreadyExistsException", f"Stack [{found['StackName']}] already exists")


def _refuse_update(params: Params) -> str | None:
    found = _stack(params)
    if found is None or found["StackStatus"] in UPDATABLE:
        return None
    return f"Stack:{found['StackId']} is in {found['StackStatus']} state and can not be updated."


def _refuse_change_set(params: Params) -> str | None:
    found = _stack(params)
    if _p(params, "ChangeSetType", "UPDATE") != "CREATE":
        return _refuse_update(params)
    if found is None or found["StackStatus"] in NOT_YET:
        return None
    name = _p(params, "ChangeSetName")
    return f"Stack [{found['StackName']}] already exists and cannot be created again with the changeSet [{name}]."


def _refuse_execution(params: Params) -> str | None:
    from ministack.services.cloudformation.changesets import _find_change_set

    _, change_set = _find_change_set(_p(params, "ChangeSetName"), _p(params, "StackName"))
    found = change_set and _stack({"StackName": [change_set["StackName"]]})
    if not found or found["StackStatus"] == "REVIEW_IN_PROGRESS":
        return None
    return _refuse_update({"StackName": [found["StackName"]]})


def _refuse_delete(params: Params) -> str | None:
    found = _stack(params)
    status = "" if found is None else found["StackStatus"]
    if found is None or not status.endswith("_IN_PROGRESS"):
        return None
    if status in DELETABLE_AT_WORK:
        _to_delete.add(found["StackId"])
        return None
    return f"Stack [{found['StackId']}] cannot be deleted while in status {status}"


def _one_at_a_time() -> None:
    """An operation that begins while another is at work (a deletion during the creation) waits for its end."""
    for name in ("_deploy_stack_async", "_delete_stack_async"):
        queued = _queued(getattr(stacks, name))
        setattr(stacks, name, queued)
        for module in ("handlers", "changesets"):
            loaded = __import__(f"ministack.services.cloudformation.{module}", fromlist=[name])
            if hasattr(loaded, name):
                setattr(loaded, name, queued)


def _queued(operation: Callable[..., Any]) -> Callable[..., Any]:
    from ministack.services.cloudformation import _stacks

    async def run(stack_name: str, stack_id: str, *args: Any, **kwargs: Any) -> None:
        async with _at_work.setdefault(stack_id, asyncio.Lock()):
            stack = _stacks.get(stack_name) or {}
            # It may have been deleted meanwhile, and another may have its name now.
            if stack.get("StackId") == stack_id and stack["StackStatus"] != "DELETE_COMPLETE":
                await operation(stack_name, stack_id, *args, **kwargs)

    return run


def _cancellable_creation() -> None:
    """Resources that are not begun are not made any more once their stack is to be deleted."""
    from ministack.services.cloudformation import _stacks

    provision = stacks._provision_resource

    def provision_resource(resource_type: str, logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        stack = _stacks.get(stack_name)
        if stack and stack["StackId"] in _to_delete:
            raise ValueError(CANCELLED)
        return provision(resource_type, logical_id, props, stack_name)

    stacks._provision_resource = provision_resource
