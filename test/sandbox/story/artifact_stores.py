"""Logs and registers models whose files are of many kinds, and prints what MLflow's own client reads of them.

Usage: python artifact_stores.py <prefix of the models' names> [<URI of an S3 folder for direct artifacts>]
One model of MLflow 3 and one in a run's folder; both in the default experiment, and both in one whose artifacts are in the S3
folder, where one is given. The last line of the output is JSON: {<model>: {<path>: [<bytes>, <SHA-256>]}}.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import mlflow
import numpy as np
from mlflow.pyfunc import PythonModel

SIZES = {"weights.bin": 9_000_001, "empty": 0, "a b+c.txt": 7, "modèle 模型.bin": 65_536, "deep/er/one": 1}


class Constant(PythonModel):
    """A model that needs none of its files."""

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]  # hints would become a signature
        return [1.0] * len(model_input)


def write_files(folder: Path) -> None:
    """Bytes that no two files share."""
    generator = np.random.default_rng(7)
    for path, size in SIZES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(generator.bytes(size))


def register(prefix: str, kind: str, files: Path) -> list[str]:
    """The names of the two models that are made in the experiment that is set."""
    in_three, in_run = f"{prefix}-{kind}-logged", f"{prefix}-{kind}-run"
    with mlflow.start_run() as run:
        info = mlflow.pyfunc.log_model(
            name="model", python_model=Constant(), artifacts={"files": str(files)}, pip_requirements=[]
        )
        mlflow.register_model(info.model_uri, in_three)
        mlflow.log_artifacts(str(files), "folder")
    client = mlflow.MlflowClient()
    client.create_registered_model(in_run)
    client.create_model_version(in_run, f"runs:/{run.info.run_id}/folder", run.info.run_id)
    return [in_three, in_run]


def read(name: str, folder: Path) -> dict[str, tuple[int, str]]:
    """Each file of the model's only version, as MLflow's client downloads it."""
    client = mlflow.MlflowClient()
    uri = client.get_model_version_download_uri(name, "1")
    root = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(folder)))
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found[path.relative_to(root).as_posix()] = (len(content), hashlib.sha256(content).hexdigest())
    return found


def main(prefix: str, direct: str | None) -> None:
    """Both kinds of models, in each store."""
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        files.mkdir()
        write_files(files)
        names = register(prefix, "proxied", files)
        if direct:
            mlflow.create_experiment(f"{prefix}-direct", artifact_location=direct)
            mlflow.set_experiment(f"{prefix}-direct")
            names += register(prefix, "direct", files)
        print(json.dumps({name: read(name, Path(tempfile.mkdtemp(dir=scratch))) for name in names}))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
