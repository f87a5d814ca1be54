"""Why an environment cannot be built, for people."""

import re

REASON_MAX = 1500
# What a package index or the way to it causes; the same requirements may be built a minute later.
PASSING = re.compile(
    r"error sending request|connection (?:reset|refused|closed|error)|timed? ?out|temporary failure|dns error|"
    r"could not connect|tls handshake|HTTP status (?:server error|client error \(429)|50[0234] ",
    re.IGNORECASE,
)
# uv's words (docs.astral.sh/uv), what they mean, and what to change.
FIXES = (
    (
        re.compile(r"no (?:usable )?wheels|no wheels with a matching|building from source is disabled|only-binary|no-build", re.IGNORECASE),
        "a package has no wheel for Linux and this Python: log the model with a version that has one, or as a wheel by "
        "mlflow.models.utils.add_libraries_to_model",
    ),
    (
        re.compile(r"not found in the package registry|there (?:is|are) no versions? of|not found in the provided package locations", re.IGNORECASE),
        "a package or its version is not on PyPI: name its index in mlflow-mlops:environment-indexes in cdk.json, or log the model "
        "with the package as a wheel",
    ),
    (
        re.compile(r"depends on Python|requires-python|current Python version", re.IGNORECASE),
        "a package does not support the Python of the model: log the model with another version of one of them",
    ),
)
NOT_THE_REASON = ("warning:", "Using Python ")
OTHER_FIX = "log the model with requirements that can be installed together, for example those of the environment that it was trained in"


class Failed(Exception):
    """The build ends; `cause` says whether another one can go better: requirements, import or passing."""

    def __init__(self, cause: str, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.cause = cause
        self.reason = reason[:REASON_MAX]
        self.fix = fix


def of_resolver(words: str) -> Failed:
    """The failure that uv's standard error tells of."""
    lines = [line.strip() for line in words.splitlines()]
    reason = " ".join(line for line in lines if line and not line.startswith(NOT_THE_REASON))
    if PASSING.search(reason):
        return Failed("passing", reason)
    fix = next((fix for pattern, fix in FIXES if pattern.search(reason)), OTHER_FIX)
    return Failed("requirements", reason, fix)
