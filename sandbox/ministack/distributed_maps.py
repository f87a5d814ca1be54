"""Run Distributed Maps and nested executions as Step Functions runs them.

What MiniStack does otherwise: in JSONata it ignores the item reader's arguments, the item selector and the output of a Distributed
Map; a child workflow sees its parent's context and variables, where AWS gives it a context of its own and none of the outer
variables (docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html); the results may have any size; and a nested
execution that is waited for (`startExecution.sync`) may take a name again, emits no events, and fails with a sentence in place of its
description (docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html).
"""

import json
import time
from collections.abc import Callable
from typing import Any

import ministack.services.stepfunctions as stepfunctions

from executions import check_size
from expect import expect

PATCH = "distributed maps"
POLL_SECONDS = 0.05

Json = Any
Outcome = tuple[Json, str | None]


def apply() -> None:
    """Put the maps' and nested executions' rules around MiniStack's own runners."""
    for name in (
        "_run_distributed_map",
        "_run_sub_machine",
        "_read_map_items",
        "_apply_jsonata_template",
        "_apply_jsonata_output",
        "_invoke_nested_start_execution_sync",
        "_nested_start_execution_request",
        "_start_execution",
        "_describe_execution",
        "_state_query_language",
        "_ExecutionError",
    ):
        expect(hasattr(stepfunctions, name), PATCH, f"{name} is missing")
    stepfunctions._run_distributed_map = _in_jsonata(stepfunctions._run_distributed_map)
    stepfunctions._run_sub_machine = _with_own_context(stepfunctions._run_sub_machine)
    stepfunctions._invoke_nested_start_execution_sync = _wait_for_execution


def _in_jsonata(run: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Evaluate what is JSONata here, and leave the running of the children to MiniStack's JSONPath."""

    def run_map(state: Json, raw_input: Json, effective: Json, iterator: Json, execution: Json, context: Json) -> Outcome:
        if stepfunctions._state_query_language(state, context) != "JSONata":
            return run(state, raw_input, effective, iterator, execution, context)
        items = [_selected(state, raw_input, context, *item) for item in enumerate(_items(state, raw_input, context))]
        for item in items:
            check_size(item)
        evaluated = {"ItemReader", "ItemSelector", "Items", "Output"}
        plain = {field: value for field, value in state.items() if field not in evaluated}
        results, following = run(plain, items, items, iterator, execution, context)
        check_size(results)
        output = stepfunctions._apply_jsonata_output(state, raw_input, context, result=results, default=results)
        return output, following

    return run_map


def _items(state: Json, raw_input: Json, context: Json) -> list[Json]:
    reader = state.get("ItemReader")
    if reader is None:
        return stepfunctions._jsonata_state_field(state, "Items", "array", raw_input, context)
    arguments = stepfunctions._apply_jsonata_template(reader.get("Arguments") or {}, raw_input, context)
    items = stepfunctions._read_map_items({**reader, "Arguments": arguments}, raw_input, context)
    if not isinstance(items, list):
        raise stepfunctions._ExecutionError("States.ItemReaderFailed", "Attempting to map over non-iterable node.")
    return items


def _selected(state: Json, raw_input: Json, context: Json, index: int, item: Json) -> Json:
    selector = state.get("ItemSelector")
    if selector is None:
        return item
    of_item = {**context, "Map": {"Item": {"Index": index, "Value": item}}}
    return stepfunctions._apply_jsonata_template(selector, raw_input, of_item)


def _with_own_context(run: Callable[..., Json]) -> Callable[..., Json]:
    def run_states(states: Json, start_at: str, data: Json, execution: Json, context: Json) -> Json:
        if execution.get("mapRunArn") and context["Execution"]["Id"] != execution["executionArn"]:
            arn = execution["stateMachineArn"]
            context = {
                "QueryLanguage": context["QueryLanguage"],
                "Execution": {
                    "Id": execution["executionArn"],
                    "Input": data,
                    "Name": execution["name"],
                    "StartTime": execution["startDate"],
                },
                "StateMachine": {"Id": arn, "Name": arn.rsplit(":", 1)[-1]},
                "variables": {},
            }
        return run(states, start_at, data, execution, context)

    return run_states


def _wait_for_execution(resource: str, arguments: Json) -> Json:
    request = stepfunctions._nested_start_execution_request(arguments)
    started = _answered(stepfunctions._start_execution(request))
    described = _answered(stepfunctions._describe_execution(started))
    while described["status"] == "RUNNING":
        time.sleep(POLL_SECONDS)
        described = _answered(stepfunctions._describe_execution(started))
    description = {name[0].upper() + name[1:]: value for name, value in described.items() if value is not None}
    if described["status"] != "SUCCEEDED":
        error = "States.Timeout" if described["status"] == "TIMED_OUT" else "States.TaskFailed"
        raise stepfunctions._ExecutionError(error, json.dumps(description))
    if resource.endswith(".sync:2"):
        description["Output"] = json.loads(description["Output"])
    return description


def _answered(response: tuple[int, Any, bytes]) -> Json:
    status, _, body = response
    answer = json.loads(body) if body else {}
    if status >= 400:
        name = answer.get("__type", "States.Runtime")
        error = name if name.startswith("States.") else f"StepFunctions.{name}Exception"
        raise stepfunctions._ExecutionError(error, answer.get("message", ""))
    return answer
