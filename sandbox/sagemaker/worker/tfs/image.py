"""What of Python the image has for a script that serves beside the model server.

Its Dockerfile (github.com/aws/deep-learning-containers, tensorflow/inference/docker) installs these, and the API of
TensorFlow Serving without its dependencies "to avoid installing tensorflow binary": no tensorflow, no numpy. What awscli
brings along is left out, since nothing promises it. Some of these are not installed in the sandbox either.
"""

import sys
from pathlib import Path

from .. import hiding, requirements
from ..kinds import api

DISTRIBUTIONS = ("boto3", "cython", "falcon", "gevent", "grpcio", "gunicorn", "packaging", "pip", "protobuf", "requests",
                 "setuptools")


def prepare(code_dir: Path, isolated: bool) -> None:
    """Put the archive's code on Python's path, and leave of the installed packages those that the image would have.

    `code/lib` goes before `code/requirements.txt`, which the image then does not install (sagemaker/serve.py).
    ContainerError when a requirement is not met.
    """
    wanted = code_dir / "requirements.txt"
    lib = code_dir / "lib"
    if lib.exists():
        hiding.hide_all_but(DISTRIBUTIONS)
    else:
        unmet = requirements.problems(wanted, isolated)
        if unmet:
            raise api.ContainerError("code/requirements.txt: " + " ".join(unmet))
        hiding.hide_all_but((*DISTRIBUTIONS, *requirements.names(wanted)))
    sys.path[:0] = [str(folder) for folder in (code_dir, lib) if folder.exists()]
