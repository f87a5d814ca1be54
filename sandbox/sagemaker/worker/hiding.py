"""Hides packages that are installed here but not in the image that the worker stands in for."""

import sys
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Iterable, Sequence

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


class HidingFinder:
    """Finds what the path has, except some packages, which look as if they were not installed."""

    def __init__(self, modules: Iterable[str], distributions: Iterable[str]) -> None:
        self._modules = frozenset(modules)
        self._distributions = frozenset(distributions)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in self._modules:
            return None
        return PathFinder.find_spec(name, path, target)

    def find_distributions(
        self, context: Any = metadata.DistributionFinder.Context()
    ) -> Iterable[metadata.Distribution]:
        for distribution in PathFinder.find_distributions(context):
            if canonicalize_name(distribution.metadata["Name"]) not in self._distributions:
                yield distribution

    def invalidate_caches(self) -> None:
        PathFinder.invalidate_caches()


def hide(modules: Iterable[str], distributions: Iterable[str]) -> None:
    """Put a hiding finder in the place of Python's path finder."""
    finder = HidingFinder(modules, distributions)
    sys.meta_path[:] = [finder if entry is PathFinder else entry for entry in sys.meta_path]


def hide_all_but(distributions: Iterable[str]) -> None:
    """Hide every installed package but some and what these need; Python's own modules and the model's stay."""
    kept = with_dependencies(distributions)
    installed = {canonicalize_name(found.metadata["Name"]) for found in metadata.distributions()}
    owners = metadata.packages_distributions()
    modules = [name for name, names in owners.items() if not kept & {canonicalize_name(owner) for owner in names}]
    hide(modules, installed - kept)


def with_dependencies(distributions: Iterable[str]) -> set[str]:
    """The canonical names of distributions and of all that they need here. What is not installed is passed over."""
    found: set[str] = set()
    left = [canonicalize_name(name) for name in distributions]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        try:
            needed = [Requirement(line) for line in metadata.requires(name) or []]
        except metadata.PackageNotFoundError:
            continue
        wanted = [each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
        left.extend(canonicalize_name(each.name) for each in wanted)
    return found
