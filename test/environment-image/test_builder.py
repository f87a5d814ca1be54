"""The builder of environments, with real uv and PyPI; S3 and ECR are objects of this file."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2] / "environment-image"))

from builder import failure, folder, inputs, packages  # noqa: E402
from builder.timing import Timing  # noqa: E402

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"


class Objects:
    """S3, as far as the builder calls it."""

    def __init__(self, objects):
        self.objects = objects

    def get_object(self, Bucket, Key):
        return {"Body": io.BytesIO(self.objects[Key])}

    def download_file(self, bucket, key, path):
        Path(path).write_bytes(self.objects[key])


def spec(**more):
    base = {"recipe": "1", "python": MINOR, "mlflow": "", "packages": [], "constraints": [], "overrides": [], "indexes": [], "before": None, "wheels": {}}
    return {**base, **more}


def wheel(name, version="1.0", requires="", code="VALUE = 1\n"):
    data = io.BytesIO()
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(f"{name}.py", code)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + (f"Requires-Dist: {requires}\n" if requires else ""))
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return data.getvalue()


class Inputs(unittest.TestCase):
    def environment(self, given, digest=None, wheels=None):
        digest = digest or inputs.digest_of(given)
        objects = {f"environments/{digest}/spec.json": json.dumps(given).encode()}
        objects.update({f"environments/{digest}/wheels/{name}": data for name, data in (wheels or {}).items()})
        return inputs.Environment(Objects(objects), "bucket", digest)

    def test_a_specification_of_another_digest_is_refused(self):
        with self.assertRaisesRegex(failure.Failed, "has the digest"):
            self.environment(spec(), digest="0" * 32).spec()

    def test_a_wheel_of_other_content_is_refused(self):
        given = spec(wheels={"x-1.0-py3-none-any.whl": "0" * 64})
        with tempfile.TemporaryDirectory() as place, self.assertRaisesRegex(failure.Failed, "SHA-256"):
            self.environment(given, wheels={"x-1.0-py3-none-any.whl": b"PK"}).fetch_wheels(given, Path(place))

    def test_a_wheel_that_would_leave_its_folder_is_refused(self):
        with tempfile.TemporaryDirectory() as place, self.assertRaisesRegex(failure.Failed, "no name of a wheel"):
            self.environment(spec()).fetch_wheels(spec(wheels={"../x-1.0-py3-none-any.whl": "0" * 64}), Path(place))


class Digest(unittest.TestCase):
    def test_is_the_one_of_the_sync(self):
        # test/lambda/packaging/environment.test.ts has the same specification and digest.
        given = spec(python="3.11", mlflow="3.17.2", packages=["é==1", "mlflow==3.17.2"], before="2026-12-15", wheels={"b.whl": "2", "a.whl": "1"})
        self.assertEqual(inputs.digest_of(given), "732ee7b32aa48a571a6ae8652e717355")


class Failures(unittest.TestCase):
    def test_the_network_passes(self):
        for words in ("error sending request for url (https://pypi.org/simple/x/)", "HTTP status server error (503 Service Unavailable)", "operation timed out"):
            self.assertEqual(failure.of_resolver(words).cause, "passing", words)

    def test_requirements_stay_with_the_resolvers_words_and_a_fix(self):
        for words, fix in (
            ("Because only-x==1 has no wheels with a matching platform tag", "add_libraries_to_model"),
            ("Because field was not found in the package registry", "environment-indexes"),
            ("Because the current Python version (3.8) does not satisfy Python>=3.9", "another version"),
            ("Because a depends on b<1 and c depends on b>1", "installed together"),
        ):
            noise = "Using Python 3.11.7 environment at: /opt/env\nwarning: Requirements file `x.txt` has no dependencies\n"
            error = failure.of_resolver(f"{noise}  {words}\n")
            self.assertEqual((error.cause, error.reason), ("requirements", words))
            self.assertIn(fix, error.fix)


class Environments(unittest.TestCase):
    """Whole environments, of wheels that are made here: `mlflow` is a module with what the import test wants."""

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.root = Path(self.place.name)

    def build(self, given, wheels):
        folder_of_inputs = Path(tempfile.mkdtemp(dir=self.root))
        (folder_of_inputs / "wheels").mkdir()
        for name, data in wheels.items():
            (folder_of_inputs / "wheels" / name).write_bytes(data)
        return folder.build(given, "d" * 32, folder_of_inputs, self.root / "images", Timing())

    def mlflow(self, code=""):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("mlflow/__init__.py", "")
            archive.writestr("mlflow/pyfunc/__init__.py", code)
            archive.writestr("mlflow/pyfunc/scoring_server/__init__.py", "")
            archive.writestr("mlflow-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mlflow\nVersion: 1.0\n")
            archive.writestr("mlflow-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr("mlflow-1.0.dist-info/RECORD", "")
        return {"mlflow-1.0-py3-none-any.whl": data.getvalue()}

    def test_is_a_folder_that_is_named_by_its_manifest_and_made_once(self):
        given = spec(packages=["./wheels/mlflow-1.0-py3-none-any.whl"])
        manifest, about = self.build(given, self.mlflow())
        place = self.root / "images" / hashlib.sha256(manifest.encode()).hexdigest()
        self.assertEqual((place / "manifest.json").read_text(), manifest)
        self.assertEqual(about["packages"], ["mlflow==1.0"])
        again, _ = self.build(given, self.mlflow())
        self.assertEqual(again, manifest)
        self.assertEqual([path.name for path in (self.root / "images").iterdir()], [place.name])
        said = subprocess.run([place / "env" / "bin" / "python", "-c", "import mlflow, sys; print(mlflow.__file__, mlflow.__cached__)"], capture_output=True, text=True)
        self.assertTrue(all(str(place) in said_path for said_path in said.stdout.split()), said)
        self.assertTrue(Path(said.stdout.split()[1]).is_file(), "no bytecode")

    def test_a_credential_of_the_build_reaches_no_code_of_a_package(self):
        os.environ["AWS_SECRET_ACCESS_KEY"] = "hunter2"
        self.addCleanup(os.environ.pop, "AWS_SECRET_ACCESS_KEY")
        given = spec(packages=["./wheels/mlflow-1.0-py3-none-any.whl"])
        with self.assertRaises(failure.Failed) as caught:
            self.build(given, self.mlflow("import os\nraise ImportError(sorted(os.environ))\n"))
        self.assertEqual(caught.exception.cause, "import")
        self.assertNotIn("AWS", caught.exception.reason)
        self.assertNotIn("AWS_SECRET_ACCESS_KEY", packages.environment())

    def test_only_uv_gets_the_password_of_an_index_and_only_to_install(self):
        os.environ["UV_INDEX_MODEL0_PASSWORD"] = "hunter2"
        self.addCleanup(os.environ.pop, "UV_INDEX_MODEL0_PASSWORD")
        run, started = subprocess.run, []

        def recorded(command, **options):
            started.append((command, options.get("env") or os.environ))
            return run(command, **options)

        with mock.patch.object(subprocess, "run", recorded):
            self.build(spec(packages=["./wheels/mlflow-1.0-py3-none-any.whl"]), self.mlflow())
        self.assertGreaterEqual(len(started), 3)
        self.assertEqual([command[1:3] for command, variables in started if "hunter2" in variables.values()], [["pip", "install"]])

    def test_packages_are_compiled_without_executing_them(self):
        env, executed = self.root / "env", self.root / "executed"
        folder.create(env, MINOR)
        site_packages = env / "lib" / f"python{MINOR}" / "site-packages"
        (site_packages / "x.py").write_text("VALUE = 1\n")
        (site_packages / "x.pth").write_text(f"import os; open({str(executed)!r}, 'w').close()\n")
        packages.compile_bytecode(str(env / "bin" / "python"), site_packages)
        self.assertEqual(len(list(site_packages.glob("__pycache__/x.*.pyc"))), 1)
        self.assertFalse(executed.exists())

    def test_what_fails_leaves_nothing(self):
        wheels = {**self.mlflow(), "x-1.0-py3-none-any.whl": wheel("x", requires="mlflow>=2")}
        given = spec(packages=["./wheels/mlflow-1.0-py3-none-any.whl", "./wheels/x-1.0-py3-none-any.whl"])
        with self.assertRaises(failure.Failed) as caught:
            self.build(given, wheels)
        self.assertEqual(caught.exception.cause, "requirements")
        self.assertIn("mlflow", caught.exception.reason)
        self.assertEqual(list((self.root / "images").iterdir()), [])

    def test_source_is_not_built(self):
        with self.assertRaises(failure.Failed) as caught:
            self.build(spec(packages=["sagemaker-containers==2.8.6.post2"]), {})
        self.assertEqual(caught.exception.cause, "requirements")
        self.assertIn("add_libraries_to_model", caught.exception.fix)

    def test_a_python_that_is_not_here_is_named_with_what_installs_it(self):
        with self.assertRaises(failure.Failed) as caught:
            self.build(spec(python="3.99"), {})
        self.assertIn("uv python install 3.99", caught.exception.fix)


if __name__ == "__main__":
    unittest.main()
