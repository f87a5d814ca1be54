"""Start MiniStack with its gaps patched that this project's stacks would fall into.

The environment says how (GATEWAY_PORT, BIND_HOST, ...), see sandbox/ministack/ministack.ts. IAM is not enforced,
objects live in memory.
"""

from importlib.metadata import version

import container_layers
import container_registry
import custom_resources
import functions
import multipart_uploads
import observed_requests
import rule_targets
import secret_resources
import secret_rotation
import stack_resources
import stack_rules
import stand_ins
import state_machines

# The patches know this version's inside; with another, a gap would show late, as a wrong answer.
WRITTEN_FOR = "1.5.33"
PATCHES = (
    container_layers,
    container_registry,
    custom_resources,
    functions,
    multipart_uploads,
    observed_requests,
    rule_targets,
    secret_resources,
    secret_rotation,
    stack_resources,
    stack_rules,
    stand_ins,
    state_machines,
)


def main() -> None:
    """Apply every patch, then serve; stop at once with another version of MiniStack."""
    installed = version("ministack")
    if installed != WRITTEN_FOR:
        raise SystemExit(
            f"ministack launcher: the patches were written for ministack {WRITTEN_FOR}; installed is {installed}. "
            "Install the version of sandbox/requirements.txt, or revise the patches in sandbox/ministack/."
        )
    for patch in PATCHES:
        patch.apply()
    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
