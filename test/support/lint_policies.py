"""Findings of parliament, Duo Labs' linter of IAM policies: policies on standard input as a JSON list, and a list of findings for each."""

import importlib.util
import json
import os
import sys
import types


def resource_filename(package, name):
    return os.path.join(os.path.dirname(importlib.util.find_spec(package).origin), name)


# parliament finds its two data files by pkg_resources, which setuptools 82 and newer do not have.
shim = types.ModuleType("pkg_resources")
shim.resource_filename = resource_filename
sys.modules["pkg_resources"] = shim

from parliament import analyze_policy_string, enhance_finding  # noqa: E402


def findings_of(policy):
    found = analyze_policy_string(json.dumps(policy), include_community_auditors=False).findings
    return [{"issue": one.issue, "title": enhance_finding(one).title, "detail": one.detail} for one in found]


json.dump([findings_of(policy) for policy in json.load(sys.stdin)], sys.stdout, default=str)
