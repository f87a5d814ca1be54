"""Start MiniStack with the gaps mended that this project's stacks would fall into.

The environment says how (GATEWAY_PORT, BIND_HOST, ...), see sandbox/ministack/ministack.ts. IAM is not enforced,
objects live in memory.
"""

import api_owner
import busy_services
import custom_resources
import dead_letters
import distributed_maps
import executions
import expression_time
import function_properties
import function_workers
import generated_secrets
import iam_resources
import math_alarms
import multipart_uploads
import node_errors
import recorded_calls
import recorded_types
import resource_types
import rule_targets
import secret_reference
import secret_rotation
import service_events
import stack_rules

PATCHES = (
    api_owner,
    busy_services,
    custom_resources,
    dead_letters,
    distributed_maps,
    executions,
    expression_time,
    function_properties,
    function_workers,
    generated_secrets,
    iam_resources,
    math_alarms,
    multipart_uploads,
    node_errors,
    recorded_calls,
    recorded_types,
    resource_types,
    rule_targets,
    secret_reference,
    secret_rotation,
    service_events,
    stack_rules,
)


def main() -> None:
    """Apply every patch, each of which stops the start where MiniStack is not as it expects, then serve."""
    for patch in PATCHES:
        patch.apply()
    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
