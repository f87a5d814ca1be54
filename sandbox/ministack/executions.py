"""Hold executions to two rules of Step Functions that MiniStack does not know.

StartExecution of a running execution with the same name and input answers as it did the first time (API_StartExecution);
MiniStack refuses every name that it saw. And what passes between states is 256 KiB of UTF-8 at most
(docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html): more fails the execution with States.DataLimitExceeded,
which States.ALL does not catch.
"""

import json
from collections.abc import Callable
from typing import Any

import ministack.services.stepfunctions as stepfunctions
from ministack.core.responses import json_response

from expect import expect

PATCH = "executions of state machines"
DATA_MAX = 256 * 1024
RUNNERS = ("_execute_pass", "_execute_task", "_execute_choice", "_execute_wait", "_execute_parallel", "_execute_map")


def apply() -> None:
    """Wrap the start of executions and the running of each kind of state."""
    for name in ("_start_execution", "_executions", "_ExecutionError", *RUNNERS):
        expect(hasattr(stepfunctions, name), PATCH, f"{name} is missing")
    stepfunctions._start_execution = _repeatable(stepfunctions._start_execution)
    for name in RUNNERS:
        setattr(stepfunctions, name, _limited(getattr(stepfunctions, name)))


def _repeatable(start: Callable[..., Any]) -> Callable[..., Any]:
    def start_execution(data: dict[str, Any]) -> Any:
        machine = data.get("stateMachineArn", "").replace(":stateMachine:", ":execution:")
        known = stepfunctions._executions.get(f"{machine}:{data.get('name')}")
        if known and known["status"] == "RUNNING" and known["input"] == data.get("input", "{}"):
            return json_response({"executionArn": known["executionArn"], "startDate": known["startDate"]})
        return start(data)

    return start_execution


def _limited(run: Callable[..., Any]) -> Callable[..., Any]:
    def run_state(state_def: dict[str, Any], raw_input: Any, *rest: Any) -> Any:
        check_size(raw_input)
        output, following = run(state_def, raw_input, *rest)
        check_size(output)
        return output, following

    return run_state


def check_size(data: Any) -> None:
    """Fail an execution with what AWS does not let pass between states."""
    size = len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    if size > DATA_MAX:
        raise stepfunctions._ExecutionError(
            "States.DataLimitExceeded",
            f"The state returned a result with a size of {size} bytes, exceeding the maximum of {DATA_MAX}.",
        )
