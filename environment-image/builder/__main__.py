"""python -m builder: builds the environment ENVIRONMENT_DIGEST of the bucket BUCKET into the repository REPOSITORY_URI.

Where ENVIRONMENT_FOLDERS is set, a folder below it takes the image's place, and an image with an empty layer goes to ECR. What came of the build
is in result.json, also when it failed; the exit status is 1 then.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3

from . import folder, image
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
    except Exception as error:  # noqa: BLE001 - whatever it is, people find it in the result
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
        use_index_secret(spec)
        folders = os.environ.get("ENVIRONMENT_FOLDERS")
        uri = os.environ["REPOSITORY_URI"]
        ecr = boto3.client("ecr")
        name = uri.split("/", 1)[1]
        if folders:
            manifest, about = folder.build(spec, environment.digest, inputs, Path(folders), timing)
            folder.push(ecr, name, environment.digest, about["packages"])
        else:
            target = image.ecr_repository(ecr, uri)
            made, about = image.build(spec, inputs, image.base_repository(), target, timing)
            manifest = json.dumps(made, sort_keys=True, separators=(",", ":"))
        return {"image": put_image(ecr, name, environment.digest, manifest), **about}


def use_index_secret(spec: dict[str, Any]) -> None:
    """Lets uv sign in at package indexes, by variables: INDEX_SECRET is a JSON object of `{"username", "password"}` by address."""
    name = os.environ.get("INDEX_SECRET")
    if not name or not spec["indexes"]:
        return
    secret = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
    for number, address in enumerate(spec["indexes"]):
        found = secret.get(address)
        if found:
            os.environ[f"UV_INDEX_MODEL{number}_USERNAME"] = found["username"]
            os.environ[f"UV_INDEX_MODEL{number}_PASSWORD"] = found["password"]


def put_image(ecr: Any, name: str, tag: str, manifest: str) -> str:
    """Names a manifest by the environment's digest. Tags are immutable: of two builds of one environment the first one counts."""
    try:
        return ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag=tag)["image"]["imageId"]["imageDigest"]
    except (ecr.exceptions.ImageAlreadyExistsException, ecr.exceptions.ImageTagAlreadyExistsException):
        found = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": tag}])
        return found["imageDetails"][0]["imageDigest"]


if __name__ == "__main__":
    sys.exit(main())
