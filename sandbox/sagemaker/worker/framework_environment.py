"""The Python environment of an AWS framework image, made of its pins from PyPI once, and a copy of it for each container."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "environment-image"))
from builder import folder, packages  # noqa: E402
from builder.failure import Failed  # noqa: E402

# Counts up with changes of how an environment is made.
RECIPE = "1"


def ensure(image: dict[str, Any], place: Path, machine: dict[str, str]) -> Path:
    """The environment of an image, made in `place` if it is not there. Whoever comes second waits.

    `machine` has the variables by which this machine reaches PyPI.
    """
    key = json.dumps([RECIPE, image["python"], sorted(image["pins"].items())])
    target = place / hashlib.sha256(key.encode()).hexdigest()[:32]
    place.mkdir(parents=True, exist_ok=True)
    with open(f"{target}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            print(f"making the environment of {image['tag']}: {len(image['pins'])} packages, once", file=sys.stderr, flush=True)
            make(image, target, machine)
    return target


def make(image: dict[str, Any], target: Path, machine: dict[str, str]) -> None:
    work = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    try:
        env = work / "env"
        folder.create(env, image["python"])
        (work / "pins.txt").write_text("".join(f"{name}=={version}\n" for name, version in image["pins"].items()))
        # The pins contradict what some packages ask for, as they do in the image: each is installed as it is.
        command = [packages.uv(), "pip", "install", "--quiet", "--no-config", "--no-deps", "--python", str(env / "bin" / "python"), "-r", str(work / "pins.txt")]
        done = subprocess.run(command, env={**packages.index_environment(), **machine}, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed("passing", f"the environment of {image['tag']} cannot be made: {done.stderr.strip()[-1500:]}")
        site_packages = env / "lib" / f"python{image['python']}" / "site-packages"
        correct(site_packages / "sagemaker_containers" / "_mapping.py")
        packages.compile_bytecode(str(env / "bin" / "python"), site_packages)
        env.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def correct(file: Path) -> None:
    """The images correct this line, too: collections.Mapping left Python in 3.10. uv's file is shared: it is replaced, not written to."""
    text = file.read_text().replace("collections.Mapping", "collections.abc.Mapping").replace("import collections\n", "import collections\nimport collections.abc\n")
    file.unlink()
    file.write_text(text)


def copy(env: Path, target: Path) -> None:
    """What a container may change: `pip install .` leaves the script in site-packages. Files are linked, not copied."""
    shutil.copytree(env, target, symlinks=True, copy_function=os.link)
