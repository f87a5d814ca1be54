"""What is to be built, in the artifact bucket: environments/<digest>/spec.json and wheels/; what came of it: result.json."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .failure import Failed


@dataclass(frozen=True)
class Environment:
    """One environment in S3."""

    s3: Any
    bucket: str
    digest: str

    def key(self, name: str) -> str:
        return f"environments/{self.digest}/{name}"

    def spec(self) -> dict[str, Any]:
        """The specification, which must be the one that the digest is of: images are shared by it."""
        spec = json.loads(self.s3.get_object(Bucket=self.bucket, Key=self.key("spec.json"))["Body"].read())
        found = digest_of(spec)
        if found != self.digest:
            raise Failed("requirements", f"spec.json has the digest {found}, not {self.digest}")
        return spec

    def fetch_wheels(self, spec: dict[str, Any], folder: Path) -> None:
        """The model's own wheels, as they were when the specification was made."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, sha256 in spec["wheels"].items():
            if not re.fullmatch(r"[\w.!+-]+\.whl", name):
                raise Failed("requirements", f"{name!r} is no name of a wheel")
            path = folder / name
            self.s3.download_file(self.bucket, self.key(f"wheels/{name}"), str(path))
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != sha256:
                raise Failed("passing", f"the wheel {name} has the SHA-256 {found}, not {sha256}: the next sync uploads it again")

    def write_result(self, result: dict[str, Any]) -> None:
        body = json.dumps(result, sort_keys=True).encode()
        self.s3.put_object(Bucket=self.bucket, Key=self.key("result.json"), Body=body, ContentType="application/json")


def digest_of(spec: dict[str, Any]) -> str:
    """As lambda/packaging/environment.ts makes it: of JSON with sorted keys and without spaces."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
