"""An image, whole: built on a base of this machine's own Python, pushed to a registry that checks what it gets, unpacked and run.

Needs Linux and root, as CodeBuild's containers have: chroot and another user.
"""

import http.client
import io
import json
import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "environment-image")]

import base  # noqa: E402
import strict_registry  # noqa: E402
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


@unittest.skipUnless(CAN, "needs Linux and root")
class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.root = Path(cls.place.name)
        cls.base, digest = base.image(sys.executable)
        cls.server = strict_registry.start(cls.base)
        image.BASES["digests"][MINOR] = digest
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
        return image.build(spec, inputs, *strict_registry.repositories(self.server), Timing())

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
        ecr = strict_registry.Ecr(blobs)
        for one in (manifest["config"], *manifest["layers"]):
            lost = blobs.pop(one["digest"])
            with self.assertRaisesRegex(strict_registry.Missing, one["digest"]):
                program.put_image(ecr, "environments", "tag", text)
            blobs[one["digest"]] = lost
        self.assertEqual(program.put_image(ecr, "environments", "tag", text), strict_registry.sha256(text.encode()))

    def test_a_layer_that_the_repository_lost_is_pushed_again(self):
        blobs = self.server.store["environments"]
        manifest, _ = self.build()
        for one in (manifest["config"], *manifest["layers"]):
            del blobs[one["digest"]]
        again, _ = self.build()
        self.assertEqual(again, manifest)
        program.put_image(strict_registry.Ecr(blobs), "environments", "tag", json.dumps(again))

    def test_nothing_is_pushed_if_it_cannot_be_imported_and_no_credential_is_seen(self):
        for name in ("AWS_SECRET_ACCESS_KEY", "UV_INDEX_MODEL0_PASSWORD"):
            os.environ[name] = "hunter2"
            self.addCleanup(os.environ.pop, name)
        pushed = len(self.server.store["pushed"])
        with self.assertRaises(failure.Failed) as caught:
            self.build("import os\nraise ImportError('%s %s' % (os.getuid(), sorted(os.environ)))\n")
        self.assertEqual(caught.exception.cause, "import")
        self.assertIn("1000 [", caught.exception.reason)
        self.assertNotRegex(caught.exception.reason, "AWS|UV_")
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
