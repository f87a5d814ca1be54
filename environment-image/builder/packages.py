"""Installs a specification's packages with uv. Wheels only: nothing of a package is executed while it is installed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import failure

INSTALL_SECONDS = 20 * 60
# What programs need of the build's environment. The rest stays behind, above all credentials.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "UV_CACHE_DIR", "UV_PYTHON_INSTALL_DIR")
# What uv needs besides to reach package indexes. These variables and uv's own can have passwords.
TO_INDEXES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


def environment() -> dict[str, str]:
    """The environment of programs that reach no package index."""
    return {name: value for name, value in os.environ.items() if name in PASSED_ON}


def index_environment() -> dict[str, str]:
    """The environment of uv while it installs wheels, which executes nothing of a package."""
    found = {name: value for name, value in os.environ.items() if name.upper() in TO_INDEXES or name.startswith("UV_")}
    return {**environment(), **found}


def uv() -> str:
    """The uv that is installed beside this program."""
    return str(Path(sys.executable).with_name("uv"))


def write_files(spec: dict[str, Any], folder: Path) -> None:
    """The specification as files that uv reads. Its lines were checked when it was made; a line is never split into arguments."""
    for name in ("packages", "constraints", "overrides"):
        if any("\n" in line for line in spec[name]):
            raise failure.Failed("requirements", f"a line of {name} has a line end")
        (folder / f"{name}.txt").write_text("".join(f"{line}\n" for line in spec[name]), encoding="utf-8")


def install_arguments(spec: dict[str, Any]) -> list[str]:
    """uv's arguments but for where to install."""
    arguments = ["--no-config", "--no-progress", "--only-binary", ":all:"]
    arguments += ["--requirement", "packages.txt", "--constraint", "constraints.txt", "--override", "overrides.txt"]
    if spec["before"]:
        arguments += ["--exclude-newer", spec["before"]]
    for number, address in enumerate(spec["indexes"]):
        # Named, so that credentials can come in variables of that name (docs.astral.sh/uv/concepts/indexes).
        arguments += ["--index", f"model{number}={address}"]
    return arguments


def install(spec: dict[str, Any], folder: Path, target: list[str]) -> None:
    """Resolves and unpacks into `target`, which is uv's arguments for it. `folder` has the files and the wheels."""
    write_files(spec, folder)
    command = [uv(), "pip", "install", *install_arguments(spec), *target]
    try:
        done = subprocess.run(command, cwd=folder, env=index_environment(), capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise failure.Failed("passing", f"the packages are not installed after {INSTALL_SECONDS // 60} minutes") from None
    if done.returncode != 0:
        raise failure.of_resolver(done.stderr)


def compile_bytecode(python: str, site_packages: Path) -> None:
    """Bytecode makes a start four seconds shorter, and nothing can write it later. It is not compared with times, which a layer lacks."""
    # Without `site` (-S): a package's .pth files would be executed. Compiling itself executes nothing.
    command = [python, "-I", "-S", "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    # Files for other Pythons do not compile; they are not imported either.
    subprocess.run([*command, str(site_packages)], env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


# What uv notes of a file of this machine: where it was, and since when.
ORIGINS = ("direct_url.json", "uv_cache.json")


def forget_origins(site_packages: Path) -> None:
    """Drops what would make another layer in each build of a model with wheels of its own."""
    for name in ORIGINS:
        for origin in site_packages.glob(f"*.dist-info/{name}"):
            record = origin.with_name("RECORD")
            lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
            record.unlink()
            record.write_text("".join(line for line in lines if f"/{name}," not in line), encoding="utf-8")
            origin.unlink()


def listed(site_packages: Path) -> list[str]:
    """The installed packages, `name==version`, sorted."""
    found = []
    for folder in site_packages.glob("*.dist-info"):
        fields = dict(
            line.split(": ", 1) for line in (folder / "METADATA").read_text(encoding="utf-8").splitlines() if line.startswith(("Name: ", "Version: "))
        )
        found.append(f"{fields['Name']}=={fields['Version']}")
    return sorted(found, key=str.lower)
