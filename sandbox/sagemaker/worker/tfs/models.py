"""Which models TensorFlow Serving is told to serve: the image looks for them in the archive."""

from dataclasses import dataclass
from pathlib import Path

from ..kinds import api


@dataclass(frozen=True)
class Servable:
    """A model by its name, which is that of its folder, and its versions, each a folder below."""

    name: str
    versions: dict[int, Path]


def find(model_dir: Path) -> list[Servable]:
    """Every folder with `<number>/saved_model.pb` in it, at any depth; the first is the default model.

    ContainerError when there is none, or when two have one name.
    """
    bases = list(dict.fromkeys(file.parent.parent for file in saved_models(model_dir)))
    if not bases:
        raise api.ContainerError(
            "no SavedModel bundles found! The archive has to have a SavedModel in a folder whose name is its version, "
            f"as 1/saved_model.pb. {misplaced(model_dir)}".strip()
        )
    names = [base.name for base in bases]
    if len(set(names)) != len(names):
        raise api.ContainerError(f"TensorFlow Serving cannot serve two models of one name: {sorted(names)}.")
    return [Servable(base.name, versions(base)) for base in bases]


def saved_models(folder: Path) -> list[Path]:
    found = [file for file in folder.rglob("saved_model.pb") if is_version(file.parent.name) and file.is_file()]
    return sorted(found, key=lambda file: (len(file.parts), file))


def misplaced(folder: Path) -> str:
    others = sorted(str(file.relative_to(folder)) for file in folder.rglob("saved_model.pb"))
    return f"It has {', '.join(others)}." if others else ""


def versions(base: Path) -> dict[int, Path]:
    """All folders of a number are versions to load, whether they have a SavedModel or not."""
    return {int(entry.name): entry for entry in sorted(base.iterdir()) if entry.is_dir() and is_version(entry.name)}


def is_version(name: str) -> bool:
    return name.isascii() and name.isdigit()
