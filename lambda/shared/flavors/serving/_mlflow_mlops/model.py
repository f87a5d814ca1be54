"""The MLflow model folder of an archive: what its MLmodel says, the files that it names, the code it brings."""
from __future__ import annotations

import json
import os
import sys
from typing import Any

from .signature import Signature

MODEL_FOLDER = "model"
# MLmodel as JSON: AWS's images promise no parser of YAML.
MLMODEL = os.path.join("code", "_mlflow_mlops", "mlmodel.json")
# AWS's toolkit imports the entry point under this name; a model's own module may have it too.
ENTRY_POINT = "inference"


class ModelFolder:
    """`<model_dir>/model`, where the archive keeps the MLflow model as it was logged."""

    def __init__(self, model_dir: str) -> None:
        self.path = os.path.realpath(os.path.join(model_dir, MODEL_FOLDER))
        with open(os.path.join(model_dir, MLMODEL), encoding="utf-8") as stream:
            self.mlmodel: dict[str, Any] = json.load(stream)
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
        """Put the model's own modules (`code_paths` when it was logged) first on the path, before it is loaded.

        The toolkit holds the entry point as an object and does not import it again, so the model's own `inference`
        can take its name.
        """
        if not flavor.get("code"):
            return
        code = self.file(flavor["code"])
        sys.path.insert(0, code)
        if any(os.path.exists(os.path.join(code, name)) for name in (f"{ENTRY_POINT}.py", ENTRY_POINT)):
            sys.modules.pop(ENTRY_POINT, None)
