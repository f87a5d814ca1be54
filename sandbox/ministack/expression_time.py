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
    parse = Jsonata.jsonata

    def patient(expression: str, timeout: int | None = None) -> Jsonata:
        expect(timeout is not None, PATCH, "an expression has all the time")
        return parse(expression, timeout=MILLISECONDS)

    Jsonata.jsonata = staticmethod(patient)
