"""An image, whole: built on a base of this machine's own Python, pushed to a registry that checks what it gets, unpacked and run.

Needs Linux and root, as CodeBuild's containers have: chroot and another user.
"""

import hashlib
import http.client
import http.server
import io
import json
import os
import re
import socket
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import threading
import time
import unittest
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "environment-image"))

from builder import __main__ as program, failure, image, layer, registry  # noqa: E402
from builder.timing import Timing  # noqa: E402

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
CAN = sys.platform == "linux" and os.geteuid() == 0

# As much of MLflow as the server of the image calls: an application that says who runs it.
SCORING = '''
import os
def init(model):
    async def application(scope, receive, send):
        text = ("%s %s" % (os.getuid(), model)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": text})
    return application
'''


# Python executes such a file of site-packages at each start (docs.python.org/3/library/site.html). The name is the user's.
PTH = "import os; open('/dev/shm/user-%d' % os.getuid(), 'w').close()\n"


def wheel(scoring=SCORING):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mlflow/__init__.py", "__version__ = '1.0'\n")
        archive.writestr("mlflow/pyfunc/__init__.py", "def load_model(path):\n    return open(path + '/MLmodel').read().strip()\n")
        archive.writestr("mlflow/pyfunc/scoring_server/__init__.py", scoring)
        archive.writestr("mlflow.pth", PTH)
        archive.writestr("mlflow-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mlflow\nVersion: 1.0\n")
        archive.writestr("mlflow-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("mlflow-1.0.dist-info/RECORD", "")
    return data.getvalue()


def sha256(data):
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Registry(http.server.BaseHTTPRequestHandler):
    """A registry that is as strict as ECR: it wants authorization, a blob has the digest that it is pushed as, uploads go in order."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_any(self):
        store = self.server.store
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.path.startswith("/token"):
            return self.answer(200, b'{"token": "anybody"}')
        public = self.path.startswith("/v2/base/")
        wanted = "Bearer anybody" if public else "Basic QVdTOnNlY3JldA=="
        if self.path.startswith("/elsewhere/"):
            if "Authorization" in self.headers:
                return self.answer(400, b"two authorizations")
            return self.answer(200, store["base"]["sha256:" + self.path.rsplit("/", 1)[1]])
        if self.headers.get("Authorization") != wanted:
            realm = f"http://127.0.0.1:{self.server.server_port}/token"
            return self.answer(401, WWW_Authenticate=f'Bearer realm="{realm}",service="x"' if public else "Basic")
        name, kind, rest = re.fullmatch(r"/v2/(\w+)/(manifests|blobs)/(.*)", self.path).groups()
        blobs = store[name]
        if self.command in ("GET", "HEAD"):
            if rest not in blobs:
                return self.answer(404)
            if self.command == "GET" and kind == "blobs" and public:
                # public.ecr.aws sends to CloudFront.
                return self.answer(307, Location=f"http://127.0.0.1:{self.server.server_port}/elsewhere/{rest[7:]}")
            return self.answer(200, blobs[rest])
        if public:
            return self.answer(405)
        if self.command == "POST":
            store["uploads"]["1"] = b""
            return self.answer(202, Location=f"/v2/{name}/blobs/uploads/1")
        if self.command == "PATCH":
            store["uploads"]["1"] += body
            return self.answer(202, Location=f"/v2/{name}/blobs/uploads/1?state=x")
        digest = re.search(r"digest=(sha256%3A|sha256:)([0-9a-f]{64})", rest).group(2)
        data = store["uploads"].pop("1")
        if sha256(data) != f"sha256:{digest}":
            return self.answer(400, b'{"errors": [{"code": "DIGEST_INVALID"}]}')
        blobs[f"sha256:{digest}"] = data
        store["pushed"].append(len(data))
        return self.answer(201)

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_any


class Missing(Exception):
    """LayersNotFoundException"""


class Ecr:
    """The API of the same registry: what a manifest names must be in the repository (API_PutImage)."""

    class exceptions:
        ImageAlreadyExistsException = ImageTagAlreadyExistsException = FileExistsError

    def __init__(self, blobs):
        self.blobs = blobs

    def put_image(self, repositoryName, imageManifest, imageTag):
        manifest = json.loads(imageManifest)
        missing = [one["digest"] for one in (manifest["config"], *manifest["layers"]) if one["digest"] not in self.blobs]
        if missing:
            raise Missing(missing)
        return {"image": {"imageId": {"imageDigest": sha256(imageManifest.encode()), "imageTag": imageTag}}}


def base_layer():
    """This machine's Python with what it needs, at the place where Docker's Python images have theirs."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    binary = Path(os.path.realpath(sys.executable))
    dynload = Path(sysconfig.get_config_var("DESTSHARED") or stdlib / "lib-dynload")
    found = subprocess.run(["ldd", str(binary), *map(str, dynload.glob("*.so"))], capture_output=True, text=True).stdout
    libraries = {path for path in re.findall(r"(/\S+\.so\S*) \(0x", found)}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as tar:
        tar.add(str(binary), f"usr/local/bin/python{MINOR}")
        tar.add(str(stdlib), f"usr/local/lib/python{MINOR}", filter=lambda one: None if re.search(r"__pycache__|/test(/|$)|site-packages|dist-packages", one.name) else one)
        for library in libraries:
            tar.add(os.path.realpath(library), library.lstrip("/"))
        empty = tarfile.TarInfo("usr/lib/x86_64-linux-gnu/.keep")
        tar.addfile(empty, io.BytesIO())
        gone = tarfile.TarInfo("etc/gone")
        tar.addfile(gone, io.BytesIO())
    second = io.BytesIO()
    with tarfile.open(fileobj=second, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("etc/.wh.gone"), io.BytesIO())
    return [data.getvalue(), second.getvalue()]


@unittest.skipUnless(CAN, "needs Linux and root")
class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.root = Path(cls.place.name)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        layers = base_layer()
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Env": ["A=b", "PATH=/bin"], "Cmd": ["python3"]}, "rootfs": {"type": "layers", "diff_ids": ["sha256:1", "sha256:2"]}}).encode()
        manifest = json.dumps({"schemaVersion": 2, "mediaType": registry.MANIFEST, "config": {"mediaType": "x", "digest": sha256(config), "size": len(config)}, "layers": [{"mediaType": "y", "digest": sha256(one), "size": len(one)} for one in layers]}).encode()
        index = json.dumps({"manifests": [{"digest": "sha256:0", "platform": {"os": "linux", "architecture": "arm64"}}, {"digest": sha256(manifest), "platform": registry.PLATFORM}]}).encode()
        cls.base = {sha256(one): one for one in (*layers, config, manifest, index)}
        cls.server.store = {"base": cls.base, "environments": {}, "uploads": {}, "pushed": []}
        image.BASES["digests"][MINOR] = sha256(index)
        image.BASES["packages"] = []

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()
        cls.place.cleanup()

    def build(self, scoring=SCORING, inputs=None):
        inputs = inputs or Path(tempfile.mkdtemp(dir=self.root))
        (inputs / "wheels").mkdir()
        (inputs / "wheels" / "mlflow-1.0-py3-none-any.whl").write_bytes(wheel(scoring))
        spec = {"python": MINOR, "packages": ["./wheels/mlflow-1.0-py3-none-any.whl"], "constraints": [], "overrides": [], "indexes": [], "before": None}
        url = f"http://127.0.0.1:{self.server.server_port}"
        target = registry.Repository(url, "environments", "Basic QVdTOnNlY3JldA==")
        return image.build(spec, inputs, registry.Repository(url, "base"), target, Timing())

    def test_is_built_pushed_and_answers_as_another_user(self):
        manifest, about = self.build()
        blobs = self.server.store["environments"]
        self.assertEqual(about["packages"], ["mlflow==1.0"])
        self.assertEqual(len(manifest["layers"]), 3)
        config = json.loads(blobs[manifest["config"]["digest"]])
        self.assertEqual(config["config"]["User"], "1000:1000")
        self.assertIn("A=b", config["config"]["Env"])
        root = self.root / "run"
        for one in manifest["layers"]:
            layer.unpack([blobs[one["digest"]]], root)
        self.assertFalse((root / "etc" / "gone").exists())
        (root / "opt/ml/model/MLmodel").write_text("a model")
        self.assertTrue(list(root.glob("opt/env/lib/*/site-packages/mlflow/__pycache__/*.pyc")))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]

        def enter():
            os.chroot(root)
            os.chdir("/")
            os.setgroups([])
            os.setgid(1000)
            os.setuid(1000)

        (root / "tmp").mkdir(exist_ok=True)
        variables = dict(one.split("=", 1) for one in config["config"]["Env"])
        variables.update(SAGEMAKER_BIND_TO_PORT=str(port), SAGEMAKER_BIND_TO_HOST="127.0.0.1")
        server = subprocess.Popen(config["config"]["Entrypoint"], env=variables, preexec_fn=enter, stdout=subprocess.DEVNULL)
        try:
            for _ in range(200):
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port)
                    connection.request("GET", "/ping")
                    self.assertEqual(connection.getresponse().read(), b"1000 a model")
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            else:
                self.fail("the image does not answer")
        finally:
            server.kill()
            server.wait()

    def test_built_twice_it_is_the_same_and_is_pushed_once(self):
        first, _ = self.build()
        pushed = len(self.server.store["pushed"])
        second, _ = self.build()
        self.assertEqual(json.dumps(first, sort_keys=True), json.dumps(second, sort_keys=True))
        self.assertEqual(len(self.server.store["pushed"]), pushed)

    def test_its_manifest_is_accepted_when_all_layers_are_pushed_and_refused_before(self):
        blobs = self.server.store["environments"]
        manifest, _ = self.build()
        text = json.dumps(manifest)
        ecr = Ecr(blobs)
        for one in (manifest["config"], *manifest["layers"]):
            lost = blobs.pop(one["digest"])
            with self.assertRaisesRegex(Missing, one["digest"]):
                program.put_image(ecr, "environments", "tag", text)
            blobs[one["digest"]] = lost
        self.assertEqual(program.put_image(ecr, "environments", "tag", text), sha256(text.encode()))

    def test_a_layer_that_the_repository_lost_is_pushed_again(self):
        blobs = self.server.store["environments"]
        manifest, _ = self.build()
        for one in (manifest["config"], *manifest["layers"]):
            del blobs[one["digest"]]
        again, _ = self.build()
        self.assertEqual(again, manifest)
        program.put_image(Ecr(blobs), "environments", "tag", json.dumps(again))

    def test_nothing_is_pushed_if_it_cannot_be_imported_and_no_credential_is_seen(self):
        os.environ["AWS_SECRET_ACCESS_KEY"] = "hunter2"
        self.addCleanup(os.environ.pop, "AWS_SECRET_ACCESS_KEY")
        pushed = len(self.server.store["pushed"])
        with self.assertRaises(failure.Failed) as caught:
            self.build("import os\nraise ImportError('%s %s' % (os.getuid(), sorted(os.environ)))\n")
        self.assertEqual(caught.exception.cause, "import")
        self.assertIn("1000 [", caught.exception.reason)
        self.assertNotIn("AWS", caught.exception.reason)
        self.assertEqual(len(self.server.store["pushed"]), pushed)

    def test_code_of_packages_never_runs_as_root(self):
        inputs = Path(tempfile.mkdtemp(dir=self.root))
        self.build(inputs=inputs)
        users = [path.name for path in (inputs / "root" / "dev" / "shm").glob("user-*")]
        self.assertEqual(users, ["user-1000"])
        compiled = list((inputs / "root").glob("opt/env/lib/*/site-packages/mlflow/__pycache__/*.pyc"))
        self.assertEqual(len(compiled), 1)

    def test_a_base_with_other_content_is_refused(self):
        digest = next(digest for digest, data in self.base.items() if data[:2] == b"\x1f\x8b")
        good = self.base[digest]
        self.base[digest] = good[:-9] + bytes([good[-9] ^ 1]) + good[-8:]
        try:
            with self.assertRaises((registry.OtherContent, tarfile.TarError, OSError)):
                self.build()
        finally:
            self.base[digest] = good


class Debian(unittest.TestCase):
    def test_a_package_gives_the_files_that_are_wanted(self):
        inner = io.BytesIO()
        with tarfile.open(fileobj=inner, mode="w:xz") as tar:
            for name in ("./usr/lib/libx.so.1", "./usr/share/doc/x"):
                info = tarfile.TarInfo(name)
                info.size = 1
                tar.addfile(info, io.BytesIO(b"x"))
        members = {"debian-binary": b"2.0\n", "control.tar.xz": b"odd", "data.tar.xz": inner.getvalue()}
        data = b"!<arch>\n"
        for name, content in members.items():
            data += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode() + content + b"\n" * (len(content) % 2)
        with tempfile.TemporaryDirectory() as place:
            layer.unpack_deb(data, Path(place), lambda name: ".so" in name)
            self.assertEqual([str(path.relative_to(place)) for path in Path(place).rglob("*") if path.is_file()], ["usr/lib/libx.so.1"])



if __name__ == "__main__":
    unittest.main()
