"""The MLflow model folder of an archive: its MLmodel file, the files that it names, the code it brings."""
from __future__ import annotations

import os
import sys
from typing import Any

import yaml

from mlflow_signature import Signature

MODEL_FOLDER = "model"


class ModelFolder:
    """`<model_dir>/model`, where the archive keeps the MLflow model as it was logged."""

    def __init__(self, model_dir: str) -> None:
        self.path = os.path.realpath(os.path.join(model_dir, MODEL_FOLDER))
        with open(os.path.join(self.path, "MLmodel"), encoding="utf-8") as stream:
            self.mlmodel: dict[str, Any] = yaml.safe_load(stream)
        self.signature = Signature.from_mlmodel(self.mlmodel)

    def flavor(self, name: str) -> dict[str, Any]:
        """What the MLmodel says of a flavour; an error where it does not have it."""
        flavors = self.mlmodel.get("flavors") or {}
        if name not in flavors:
            raise ValueError(f"The MLmodel has no flavor '{name}', it has {sorted(flavors)}.")
        return flavors[name]

    def file(self, relative: str) -> str:
        """The path of a file that the MLmodel names. It is data from a registry: it may not point elsewhere."""
        path = os.path.realpath(os.path.join(self.path, relative))
        if os.path.commonpath([path, self.path]) != self.path:
            raise ValueError(f"The MLmodel names '{relative}', which is outside the model's folder.")
        return path

    def add_code(self, flavor: dict[str, Any]) -> None:
        """Put the model's own modules (`code_paths` when it was logged) first on the path, before it is loaded."""
        if flavor.get("code"):
            sys.path.insert(0, self.file(flavor["code"]))
