"""run_image.py SETTINGS: builds an environment's image, pulls it by its digest, and serves models in containers of it.

SETTINGS is a file with `spec`, the environment's specification, and `models`, each with `archive`, `environment`, and `requests` of
`[type, body]`. The last line on stdout is JSON: how long the parts took, what the image weighs, and what the containers answered.
Needs Linux and root.
"""

import gzip
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "environment-image"), str(ROOT / "sandbox" / "sagemaker")]

import base  # noqa: E402
import strict_registry  # noqa: E402
from builder import __main__ as program, folder, image, registry  # noqa: E402
from builder.timing import Timing  # noqa: E402
from worker import archive, container_process, memory  # noqa: E402

MEGABYTES = 1024
# As long as a serverless endpoint waits for a container: HEALTH_CHECK_SECONDS of the sandbox.
START_SECONDS = 180


def build(spec, inputs, timing):
    """Pushes the image to a registry; gives that and the image's digest."""
    blobs, digest = base.image(folder.find_python(spec["python"]))
    image.BASES["digests"][spec["python"]] = digest
    server = strict_registry.start(blobs)
    made, about = image.build(spec, inputs, *strict_registry.repositories(server), timing)
    ecr = strict_registry.Ecr(server.store["environments"])
    return server, program.put_image(ecr, "environments", "tag", json.dumps(made)), about


def pull(repository, digest, root):
    """Unpacks an image as a container runtime does, which checks every digest and the configuration's own list of layers."""
    manifest = repository.manifest(digest)
    config = json.loads(repository.read(manifest["config"]["digest"]))
    diff_ids = config["rootfs"]["diff_ids"]
    with_files = [one for one in config["history"] if not one.get("empty_layer")]
    if not len(manifest["layers"]) == len(diff_ids) == len(with_files):
        raise ValueError(f"{len(manifest['layers'])} layers, {len(diff_ids)} diff_ids, {len(with_files)} entries of history")
    for one, diff_id in zip(manifest["layers"], diff_ids):
        data = b"".join(registry.checked(repository.blob(one["digest"]), one["digest"]))
        plain = gzip.decompress(data)
        if len(data) != one["size"] or strict_registry.sha256(plain) != diff_id:
            raise ValueError(f"the layer {one['digest']} is not as the manifest and the configuration say")
        subprocess.run(["tar", "--extract", "--preserve-permissions", "--directory", str(root)], input=plain, check=True)
        for whiteout in root.rglob(".wh.*"):
            (whiteout.parent / whiteout.name.removeprefix(".wh.")).unlink()
            whiteout.unlink()
    return config["config"]


def serve(model, config, root, work):
    """Starts the image's entry point as SageMaker does (`docker run IMAGE serve`), confined, and asks it."""
    place = work / "model"
    archive.unpack(Path(model["archive"]), place)
    # SageMaker's containers do not read what another user must not.
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    variables = {**dict(one.split("=", 1) for one in config["Env"]), **model["environment"]}
    binds = {"/opt": str(root / "opt"), "/opt/ml/model": str(place)}
    rules = container_process.Rules(confined=True, isolated=True, unprivileged=True, binds=binds, system=str(root))
    began = time.monotonic()
    log = []
    with memory.limited(MEGABYTES) as enter:
        if enter.group is None:
            raise RuntimeError("the memory of the container cannot be limited")
        command = [*config["Entrypoint"], "serve"]
        child, port = container_process.start(command, variables, rules, enter, lambda _: {}, subprocess.PIPE)
        reader = threading.Thread(target=lambda: log.extend(child.stdout), daemon=True)
        reader.start()
        try:
            ready = ping(child, port)
            seconds = round(time.monotonic() - began, 1)
            answers = [ask(port, kind, body) for kind, body in model["requests"]] if ready else []
            return {"seconds": seconds, "answers": answers, "megabytes": resident(enter.group), "log": "".join(log)[-4000:]}
        finally:
            child.kill()
            child.wait()
            reader.join()


def ping(child, port):
    """Whether the container answers in time."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def ask(port, kind, body):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/invocations", body.encode(), {"content-type": kind})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]


def resident(group):
    """The most memory that a process of the container has had."""
    most = 0
    for number in (group / "cgroup.procs").read_text().split():
        for line in Path("/proc", number, "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                most = max(most, int(line.split()[1]) // 1024)
    return most


def main():
    settings = json.loads(Path(sys.argv[1]).read_text())
    timing = Timing()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        work.chmod(0o755)
        for part in ("inputs", "root"):
            (work / part).mkdir()
        server, digest, about = build(settings["spec"], work / "inputs", timing)
        with timing.part("pull"):
            config = pull(strict_registry.repositories(server)[1], digest, work / "root")
        served = []
        for number, model in enumerate(settings["models"]):
            place = work / str(number)
            place.mkdir()
            served.append(serve(model, config, work / "root", place))
        server.shutdown()
        server.server_close()
    print(json.dumps({"parts": timing.seconds, "image": about, "user": config["User"], "served": served}))


main()
