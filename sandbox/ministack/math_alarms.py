"""Accept alarms over an expression of several metrics, which MiniStack's CloudFormation refuses.

Such an alarm is there, with its name, description and actions, and is never raised: it is recorded over a metric that has no data.
"""

from typing import Any

import ministack.services.cloudformation.provisioners as provisioners

from expect import expect

PATCH = "alarms over expressions"
NO_DATA = {"Namespace": "Sandbox", "MetricName": "NotEvaluated", "Period": 86_400}


def apply() -> None:
    """Wrap what makes an alarm of a template's properties."""
    record = getattr(provisioners, "_cw_metric_alarm_record", None)
    expect(callable(record), PATCH, "_cw_metric_alarm_record is missing")

    def metric_alarm_record(name: str, props: dict[str, Any]) -> dict[str, Any]:
        if not props.get("Metrics"):
            return record(name, props)
        return record(name, {**{key: value for key, value in props.items() if key != "Metrics"}, **NO_DATA})

    provisioners._cw_metric_alarm_record = metric_alarm_record
