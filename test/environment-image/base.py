"""A base image of a Python of this machine, laid out as Docker's slim images are: they cannot be pulled everywhere."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from strict_registry import sha256

sys.path.insert(0, str(Path(__file__).parents[2] / "environment-image"))

from builder.registry import MANIFEST, PLATFORM  # noqa: E402

# Libraries of slim images that Python itself does not need: those of glibc (PEP 600 lets wheels need them), and of the C++ compiler.
LIBRARIES = re.compile(r"(libpthread|libdl|librt|libutil|libm|libresolv|libanl|libnss_files|libnss_dns|libgcc_s|libstdc\+\+)\.so\.\d+")
LEFT_OUT = re.compile(r"__pycache__|/test(/|$)|site-packages|dist-packages")
ABOUT = """
import json, os, sys, sysconfig
stdlib = sysconfig.get_path("stdlib")
dynload = sysconfig.get_config_var("DESTSHARED") or os.path.join(stdlib, "lib-dynload")
print(json.dumps([os.path.realpath(sys.executable), stdlib, dynload, "%d.%d" % sys.version_info[:2]]))
"""


def image(python):
    """The base's blobs by digest, and the digest of its index."""
    layers = [python_layer(python), whiteout_layer()]
    config = as_json(
        architecture="amd64",
        os="linux",
        config={"Env": ["A=b", "PATH=/bin"], "Cmd": ["python3"]},
        history=[{"created_by": "python"}, {"created_by": "ENV A=b", "empty_layer": True}, {"created_by": "rm /etc/gone"}],
        rootfs={"type": "layers", "diff_ids": [sha256(gzip.decompress(one)) for one in layers]},
    )
    parts = [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": sha256(one), "size": len(one)} for one in layers]
    described = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha256(config), "size": len(config)}
    manifest = as_json(schemaVersion=2, mediaType=MANIFEST, config=described, layers=parts)
    other = {"digest": "sha256:0", "platform": {"os": "linux", "architecture": "arm64"}}
    index = as_json(manifests=[other, {"digest": sha256(manifest), "platform": PLATFORM}])
    return {sha256(one): one for one in (*layers, config, manifest, index)}, sha256(index)


def as_json(**document):
    return json.dumps(document).encode()


def python_layer(python):
    """The interpreter with the libraries that it needs, at the place where slim images have it."""
    asked = subprocess.run([python, "-I", "-c", ABOUT], capture_output=True, text=True, check=True)
    binary, stdlib, dynload, minor = json.loads(asked.stdout)
    linked = subprocess.run(["ldd", binary, *map(str, Path(dynload).glob("*.so"))], capture_output=True, text=True).stdout
    cached = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    libraries = set(re.findall(r"(/\S+\.so\S*) \(0x", linked))
    libraries |= {path for name, path in re.findall(r"(\S+) \(libc6,x86-64\) => (\S+)", cached) if LIBRARIES.fullmatch(name)}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as tar:
        tar.add(binary, f"usr/local/bin/python{minor}")
        tar.add(stdlib, f"usr/local/lib/python{minor}", filter=lambda one: None if LEFT_OUT.search(one.name) else one)
        for library in sorted(libraries):
            tar.add(os.path.realpath(library), place_of(library))
        for name in ("usr/lib/x86_64-linux-gnu/.keep", "etc/gone"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    return data.getvalue()


def place_of(library):
    """pyenv's libpython is found by its absolute path on this machine, and by the linker's own path in the image."""
    system = library.startswith(("/lib", "/usr/lib"))
    return library.lstrip("/") if system else f"usr/lib/x86_64-linux-gnu/{Path(library).name}"


def whiteout_layer():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("etc/.wh.gone"), io.BytesIO())
    return data.getvalue()
