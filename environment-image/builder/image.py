"""An environment as an image: a base that is pinned by digest, and one layer with the packages and the server, pushed to ECR.

Neither Docker nor privileges are needed. Nothing of the packages runs while they are installed; the import test runs them in the
base's file system, as another user, with an empty environment, and before anything is pushed.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from . import layer, packages
from .failure import Failed
from .registry import DOCKER_MANIFEST, MANIFEST, Repository, checked
from .timing import Timing

BASES = json.loads(Path(__file__).with_name("bases.json").read_text())
SERVER = Path(__file__).parents[1] / "server" / "serve.py"
USER = 1000
TEST_SECONDS = 180
PYTHON = "/opt/env/bin/python"
VARIABLES = {"PATH": "/opt/env/bin:/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def build(spec: dict[str, Any], inputs: Path, base: Repository, target: Repository, timing: Timing) -> tuple[dict[str, Any], dict[str, Any]]:
    """Builds and pushes all of the image but its manifest, which is given with what it weighs."""
    root = inputs / "root"
    root.mkdir()
    with timing.part("base"):
        manifest = base.manifest(BASES["digests"][spec["python"]])
        config = json.loads(base.read(manifest["config"]["digest"]))
        weight = sum(layer.unpack(checked(base.blob(one["digest"]), one["digest"]), root) for one in manifest["layers"])
    environment = root / "opt" / "env"
    site_packages = environment / "lib" / f"python{spec['python']}" / "site-packages"
    with timing.part("packages"):
        lay_out(environment, site_packages, spec["python"])
        names = add_debian_packages(root)
        where = ["--target", str(site_packages), "--python-version", spec["python"], "--python-platform", BASES["platform"]]
        packages.install(spec, inputs, where)
        packages.forget_origins(site_packages)
    with timing.part("bytecode"):
        # As root, so without `site` (-S): a package's .pth files would be executed. Compiling itself executes nothing.
        inside(root, ["-I", "-S", "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "/opt/env/lib"])
    with timing.part("import"):
        test_import(root)
    with timing.part("layer"):
        added = layer.pack(root, ["opt/env", "opt/serve", "opt/ml", *names], inputs / "layer.tar.gz")
    with timing.part("push"):
        for one in manifest["layers"]:
            if not target.has(one["digest"]):
                target.upload(one["digest"], one["size"], checked(base.blob(one["digest"]), one["digest"]))
        with added.path.open("rb") as stream:
            target.upload(added.digest, added.size, stream)
        text = configuration(config, added)
        target.upload(digest_of(text), len(text), text)
    finished = with_layer(manifest, text, added)
    size = sum(one["size"] for one in finished["layers"])
    return finished, {"packages": packages.listed(site_packages), "imageBytes": size, "uncompressedBytes": weight + added.uncompressed}


def lay_out(environment: Path, site_packages: Path, minor: str) -> None:
    """A virtual environment of the base's Python (peps.python.org/pep-0405), written by hand, and the server beside it."""
    site_packages.mkdir(parents=True)
    (environment / "bin").mkdir()
    (environment / "bin" / "python").symlink_to(f"/usr/local/bin/python{minor}")
    (environment / "pyvenv.cfg").write_text(f"home = /usr/local/bin\ninclude-system-site-packages = false\nversion = {minor}\n")
    opt = environment.parent
    (opt / "serve").mkdir()
    shutil.copyfile(SERVER, opt / "serve" / SERVER.name)
    (opt / "ml" / "model").mkdir(parents=True)


def add_debian_packages(root: Path) -> list[str]:
    """Unpacks the shared libraries that wheels need and the base lacks; gives their paths."""
    before = libraries(root)
    for package in BASES["packages"]:
        data = fetch(package["urls"])
        found = hashlib.sha256(data).hexdigest()
        if found != package["sha256"]:
            raise Failed("passing", f"{package['urls'][0]} has the SHA-256 {found}, not {package['sha256']}")
        layer.unpack_deb(data, root, lambda name: "/lib/" in name and ".so" in name)
    return sorted(libraries(root) - before)


def fetch(urls: list[str]) -> bytes:
    """The first that answers: Debian's mirrors drop a package when a newer one comes, and its snapshots keep all."""
    for url in urls:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return answer.read()
        except OSError as error:
            print(f"{url}: {error}", flush=True)
    raise Failed("passing", f"nobody delivers {urls[0]}")


def libraries(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in (root / "usr" / "lib").rglob("*.so*")}


def test_import(root: Path) -> None:
    """A model cannot be loaded where MLflow cannot be imported, which SageMaker would take half an hour to give up on."""
    done = inside(root, ["-I", "-c", "import mlflow.pyfunc, mlflow.pyfunc.scoring_server"], USER)
    if done.returncode != 0:
        words = " ".join(done.stderr.strip().splitlines()[-3:])
        raise Failed("import", f"the installed packages do not work together: {words}", "log the model with packages that can be imported together")


def inside(root: Path, arguments: list[str], user: int | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the image's Python in its file system, with nothing of the build's environment."""

    def enter() -> None:
        os.chroot(root)
        os.chdir("/")
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)

    # compileall's processes share semaphores in /dev/shm.
    for folder in (root / "tmp", root / "dev" / "shm"):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o1777)
    variables = {**VARIABLES, "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"}
    try:
        return subprocess.run([PYTHON, *arguments], env=variables, preexec_fn=enter, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TEST_SECONDS)
    except subprocess.TimeoutExpired:
        raise Failed("import", f"the packages are not imported after {TEST_SECONDS} seconds") from None


def configuration(base: dict[str, Any], added: layer.Layer) -> bytes:
    """The base's configuration with one more layer, and how the server is started."""
    inner = {**base.get("config", {})}
    kept = [one for one in inner.get("Env") or [] if one.split("=")[0] not in VARIABLES]
    inner.update(
        User=f"{USER}:{USER}",
        ExposedPorts={"8080/tcp": {}},
        Entrypoint=[PYTHON, "-s", "/opt/serve/serve.py"],
        Cmd=None,
        WorkingDir="/",
        Env=[*kept, *(f"{name}={value}" for name, value in VARIABLES.items())],
    )
    history = [*base.get("history", []), {"created_by": "environment"}]
    rootfs = {"type": "layers", "diff_ids": [*base["rootfs"]["diff_ids"], added.diff_id]}
    return json.dumps({**base, "config": inner, "history": history, "rootfs": rootfs}, sort_keys=True, separators=(",", ":")).encode()


def with_layer(base: dict[str, Any], text: bytes, added: layer.Layer) -> dict[str, Any]:
    docker = base.get("mediaType", MANIFEST) == DOCKER_MANIFEST
    kind = "application/vnd.docker.image.rootfs.diff.tar.gzip" if docker else "application/vnd.oci.image.layer.v1.tar+gzip"
    return {
        "schemaVersion": 2,
        "mediaType": base.get("mediaType", MANIFEST),
        "config": {**base["config"], "digest": digest_of(text), "size": len(text)},
        "layers": [*base["layers"], {"mediaType": kind, "digest": added.digest, "size": added.size}],
    }


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def base_repository() -> Repository:
    return Repository(f"https://{BASES['registry']}", BASES["repository"])


def ecr_repository(ecr: Any, repository_uri: str) -> Repository:
    """The repository that images are pushed to (API_GetAuthorizationToken)."""
    [found] = ecr.get_authorization_token()["authorizationData"]
    host, name = repository_uri.split("/", 1)
    password = base64.b64decode(found["authorizationToken"]).decode()
    return Repository(f"https://{host}", name, f"Basic {base64.b64encode(password.encode()).decode()}")


