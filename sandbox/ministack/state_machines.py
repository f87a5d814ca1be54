"""Executions of state machines, where MiniStack differs from Step Functions.

- StartExecution rejects every name that it saw. On AWS, a repeated start of a running execution with the same input
  gets the first answer (API_StartExecution).
- Data between states can have any size. On AWS, more than 256 KiB of UTF-8 fails the execution with
  States.DataLimitExceeded, which States.ALL does not catch
  (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
- An expression fails after a second on the clock, which a busy machine reaches without evaluating anything.
- A Distributed Map in JSONata ignores the item reader's arguments, the item selector and the output. Its child
  workflows see their parent's context and variables
  (docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html).
- A nested execution that is waited for (`startExecution.sync`) can take a name again, emits no events, and fails
  without its description (docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html).
"""

import json
import time
from collections.abc import Callable
from typing import Any

import ministack.services.stepfunctions as stepfunctions
from jsonata.jsonata import Jsonata
from ministack.core.responses import json_response

DATA_MAX = 256 * 1024
EXPRESSION_MILLISECONDS = 60_000
POLL_SECONDS = 0.05
RUNNERS = ("_execute_pass", "_execute_task", "_execute_choice", "_execute_wait", "_execute_parallel", "_execute_map")

Json = Any
Outcome = tuple[Json, str | None]


def apply() -> None:
    """Wrap the start of executions, the running of each kind of state, and the parser of expressions."""
    stepfunctions._start_execution = _repeatable(stepfunctions._start_execution)
    for name in RUNNERS:
        setattr(stepfunctions, name, _limited(getattr(stepfunctions, name)))
    Jsonata.jsonata = staticmethod(_patient(Jsonata.jsonata))
    stepfunctions._run_distributed_map = _in_jsonata(stepfunctions._run_distributed_map)
    stepfunctions._run_sub_machine = _with_own_context(stepfunctions._run_sub_machine)
    stepfunctions._invoke_nested_start_execution_sync = _wait_for_execution


def _patient(parse: Callable[..., Jsonata]) -> Callable[..., Jsonata]:
    def parse_patiently(expression: str, timeout: int | None = None) -> Jsonata:
        # A definition is parsed without a limit, and not evaluated, when it is looked at for mistakes.
        return parse(expression, timeout=timeout and EXPRESSION_MILLISECONDS)

    return parse_patiently


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


def _in_jsonata(run: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Evaluate what is JSONata here, and leave the running of the children to MiniStack's JSONPath."""

    def run_map(
        state: Json, raw_input: Json, effective: Json, iterator: Json, execution: Json, context: Json
    ) -> Outcome:
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
