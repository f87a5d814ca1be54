"""Keep the name of the error that a Node Lambda throws.

AWS answers `errorType` with the error's name, and Step Functions' Retry and Catch match on it. MiniStack answers
`Runtime.HandlerError` for every one.
"""

import threading
from typing import Any

import ministack.core.lambda_runtime as lambda_runtime
import ministack.services.lambda_svc as lambda_svc

from expect import expect

PATCH = "names of Node errors"
# The two places where the worker reports what a handler threw: asynchronously (a rejected promise) and synchronously.
REJECTED = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
THROWN = 'status: "error", error: e.message, trace: e.stack\n'
NAMED = {
    REJECTED: REJECTED + ', error_type: (err && err.name) || "Error"',
    THROWN: 'status: "error", error: e.message, trace: e.stack, error_type: (e && e.name) || "Error"\n',
}


def apply() -> None:
    """Make the worker send the error's name, and the answer carry it."""
    _name_in_the_worker()
    _name_in_the_answer()


def _name_in_the_worker() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    for reported, named in NAMED.items():
        expect(script.count(reported) == 1, PATCH, f"the Node worker has {script.count(reported)} times {reported!r}")
        script = script.replace(reported, named)
    lambda_runtime._NODEJS_WORKER_SCRIPT = script


def _name_in_the_answer() -> None:
    expect(callable(getattr(lambda_runtime.Worker, "invoke", None)), PATCH, "Worker.invoke is missing")
    expect(callable(getattr(lambda_svc, "_execute_function_warm", None)), PATCH, "_execute_function_warm is missing")
    worker_invoke = lambda_runtime.Worker.invoke
    execute_warm = lambda_svc._execute_function_warm
    # One invocation runs on one thread from _execute_function_warm down to Worker.invoke.
    last = threading.local()

    def invoke(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        result = worker_invoke(self, *args, **kwargs)
        last.error_type = result.get("error_type")
        return result

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        last.error_type = None
        answer = execute_warm(func, event, request_id)
        body = answer.get("body")
        if answer.get("error") and last.error_type and isinstance(body, dict):
            if body.get("errorType") == "Runtime.HandlerError":
                body["errorType"] = last.error_type
        return answer

    lambda_runtime.Worker.invoke = invoke
    lambda_svc._execute_function_warm = execute
