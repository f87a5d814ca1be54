"""Let an expression of a state machine take its time where a hundred executions share two cores.

MiniStack ends the evaluation of JSONata after a second on the clock, which a thread that waits for its turn reaches without doing
anything: the execution then fails with States.QueryEvaluationError, or a value is taken for undefined. On AWS each execution is on its own.
"""

import ministack.services.stepfunctions as stepfunctions
from jsonata.jsonata import Jsonata

from expect import expect

PATCH = "time of expressions"
MILLISECONDS = 60_000


def apply() -> None:
    """Wrap the parser that MiniStack's state machines ask, which also sets how long an evaluation may take."""
    engine = getattr(stepfunctions.jsonata, "Jsonata", None)
    expect(engine is Jsonata, PATCH, f"the engine is {engine}")
    evaluate = getattr(stepfunctions, "_evaluate_jsonata", None)
    expect(callable(evaluate) and 1000 in evaluate.__code__.co_consts, PATCH, "an evaluation has another limit")
    parse = Jsonata.jsonata

    def patient(expression: str, timeout: int | None = None) -> Jsonata:
        # A definition is parsed without a limit, and not evaluated, when it is looked at for mistakes.
        return parse(expression, timeout=timeout and MILLISECONDS)

    Jsonata.jsonata = staticmethod(patient)
