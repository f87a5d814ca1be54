"""python -m builder: builds the environment ENVIRONMENT_DIGEST of the bucket BUCKET into the repository REPOSITORY_URI.

Where ENVIRONMENT_FOLDERS is set, a folder below it takes the image's place, and only its manifest goes to ECR. What came of the build
is in result.json, also when it failed; the exit status is 1 then.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import folder
from .failure import Failed
from .inputs import Environment
from .timing import Timing


def main() -> int:
    environment = Environment(boto3.client("s3"), os.environ["BUCKET"], os.environ["ENVIRONMENT_DIGEST"])
    build_id = os.environ.get("CODEBUILD_BUILD_ID", "")
    timing = Timing()
    try:
        result = {"state": "ready", **build(environment, timing), "seconds": timing.seconds}
    except Failed as error:
        result = {"state": "failed", "cause": error.cause, "reason": error.reason, "fix": error.fix}
    except (ClientError, BotoCoreError, OSError) as error:
        result = {"state": "failed", "cause": "passing", "reason": f"{type(error).__name__}: {error}"[:1500], "fix": ""}
    environment.write_result({**result, "build": build_id})
    if result["state"] == "failed":
        print(f"failed ({result['cause']}): {result['reason']} {result['fix']}", flush=True)
        return 1
    print(f"ready: {result['image']}", flush=True)
    return 0


def build(environment: Environment, timing: Timing) -> dict[str, Any]:
    spec = environment.spec()
    with tempfile.TemporaryDirectory() as name:
        inputs = Path(name)
        environment.fetch_wheels(spec, inputs / "wheels")
        folders = os.environ.get("ENVIRONMENT_FOLDERS")
        if not folders:
            raise Failed("requirements", "images are not built yet: set ENVIRONMENT_FOLDERS")
        manifest, about = folder.build(spec, environment.digest, inputs, Path(folders), timing)
    with timing.part("push"):
        image = put_image(os.environ["REPOSITORY_URI"], environment.digest, manifest)
    return {"image": image, **about}


def put_image(repository_uri: str, tag: str, manifest: str) -> str:
    """Names a manifest by the environment's digest. Tags are immutable: of two builds of one environment the first one counts."""
    ecr = boto3.client("ecr")
    name = repository_uri.split("/", 1)[1]
    try:
        return ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag=tag)["image"]["imageId"]["imageDigest"]
    except (ecr.exceptions.ImageAlreadyExistsException, ecr.exceptions.ImageTagAlreadyExistsException):
        found = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": tag}])
        return found["imageDetails"][0]["imageDigest"]


sys.exit(main())
