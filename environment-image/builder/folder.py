"""An environment as a folder of this machine, for the sandbox, which has neither Docker nor a base image."""

import gzip
import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from . import packages
from .failure import Failed
from .timing import Timing

TEST_SECONDS = 120


def build(spec: dict[str, Any], digest: str, inputs: Path, folders: Path, timing: Timing) -> tuple[str, dict[str, Any]]:
    """Makes `<folders>/<hex>/env` and manifest.json, whose SHA-256 is the name.

    Returns the manifest and what it weighs. Two builds of one environment make the same folder; the second one finds it.
    """
    folders.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="building-", dir=folders))
    try:
        env = work / "env"
        with timing.part("packages"):
            create(env, spec["python"])
            packages.install(spec, inputs, ["--python", str(env / "bin" / "python")])
        site_packages = env / "lib" / f"python{spec['python']}" / "site-packages"
        with timing.part("import"):
            test_import(env, work, spec["packages"])
        names = packages.listed(site_packages)
        manifest = manifest_of(digest, names)
        (work / "manifest.json").write_text(manifest)
        work.chmod(0o755)
        place = folders / hashlib.sha256(manifest.encode()).hexdigest()
        try:
            work.rename(place)
        except OSError:
            if not (place / "manifest.json").is_file():
                raise
        return manifest, {"packages": names, "uncompressedBytes": size_of(place)}
    finally:
        shutil.rmtree(work, ignore_errors=True)


def create(env: Path, python: str) -> None:
    """A virtual environment that can be moved."""
    interpreter = find_python(python)
    command = [packages.uv(), "venv", "--quiet", "--no-config", "--relocatable", "--python", interpreter, str(env)]
    done = subprocess.run(command, env=packages.environment(), capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed("passing", f"no virtual environment of {interpreter}: {done.stderr.strip()}")


def find_python(minor: str) -> str:
    """A Python of a minor version: pyenv's, uv's or the system's."""
    # HOME is the build's own; the person's is where their Pythons are.
    root = Path(os.environ.get("PYENV_ROOT") or Path(pwd.getpwuid(os.getuid()).pw_dir) / ".pyenv")
    for found in sorted(root.glob(f"versions/{minor}.*/bin/python"), reverse=True):
        return str(found)
    done = subprocess.run([packages.uv(), "python", "find", "--no-config", minor], env=packages.environment(), capture_output=True, text=True)
    if done.returncode == 0:
        return done.stdout.strip()
    found = shutil.which(f"python{minor}")
    if found is None:
        raise Failed(
            "passing", f"this machine has no Python {minor}", f"install it with `uv python install {minor}` or `pyenv install {minor}`"
        )
    return found


# Imports what the server needs, then what a model may: Python writes bytecode of that, which the container cannot. To compile all
# packages takes ten times as long, and most of them are never imported.
IMPORTS = """
import mlflow.pyfunc, mlflow.pyfunc.scoring_server
import importlib, importlib.metadata, sys
for name in sys.argv[1:]:
    try:
        files = importlib.metadata.files(name) or []
        for top in {file.parts[0] for file in files if file.name == "__init__.py" and len(file.parts) == 2}:
            importlib.import_module(top)
    except BaseException:
        pass
"""


def test_import(env: Path, home: Path, wanted: list[str]) -> None:
    """A model cannot be loaded where MLflow cannot be imported, which SageMaker would take half an hour to give up on."""
    variables = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"}
    names = [found.group() for line in wanted if (found := re.match(r"[a-z0-9][a-z0-9-]*", line))]
    command = [str(env / "bin" / "python"), "-I", "-c", IMPORTS, *names]
    try:
        done = subprocess.run(command, env=variables, cwd=home, capture_output=True, text=True, timeout=TEST_SECONDS)
    except subprocess.TimeoutExpired:
        raise Failed("import", f"`import mlflow.pyfunc` did not end in {TEST_SECONDS} seconds") from None
    if done.returncode != 0:
        words = " ".join(done.stderr.strip().splitlines()[-3:])
        raise Failed("import", f"the installed packages do not work together: {words}", "log the model with packages that can be imported together")


# ECR wants at least one layer; this one is an empty archive.
LAYER = gzip.compress(bytes(1024), mtime=0)


def configuration(digest: str, names: list[str]) -> bytes:
    return json.dumps({"environment": digest, "packages": names}, sort_keys=True).encode()


def manifest_of(digest: str, names: list[str]) -> str:
    """What stands in ECR for the folder. Its layer is empty: nothing but the sandbox can run it."""

    def part(kind: str, data: bytes) -> dict[str, Any]:
        return {"mediaType": f"application/vnd.oci.image.{kind}", "size": len(data), "digest": digest_of(data)}

    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": part("config.v1+json", configuration(digest, names)),
            "layers": [part("layer.v1.tar+gzip", LAYER)],
        },
        separators=(",", ":"),
    )


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def push(ecr: Any, name: str, digest: str, names: list[str]) -> None:
    """Uploads what the manifest names: ECR refuses the manifest without it."""
    for data in (LAYER, configuration(digest, names)):
        upload = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
        whole = {"partFirstByte": 0, "partLastByte": len(data) - 1, "layerPartBlob": data}
        ecr.upload_layer_part(repositoryName=name, uploadId=upload, **whole)
        try:
            ecr.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[digest_of(data)])
        except ecr.exceptions.LayerAlreadyExistsException:
            pass


def size_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))
