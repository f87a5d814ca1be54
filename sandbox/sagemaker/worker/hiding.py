"""Hides packages that are installed here but not in the image that the worker stands in for."""

import sys
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Iterable, Sequence

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
