"""Pulls and pushes images over the registry protocol (github.com/opencontainers/distribution-spec), as ECR and public.ecr.aws speak it."""

import hashlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
PLATFORM = {"os": "linux", "architecture": "amd64"}
TIMEOUT_SECONDS = 300
MANIFEST_BYTES_MAX = 4 * 1024 * 1024


class OtherContent(Exception):
    """A registry delivers what does not have the digest that was asked for."""


@dataclass
class Repository:
    """A repository of a registry. `authorization` is the header for it; a public registry hands out tokens to anybody."""

    url: str
    name: str
    authorization: str | None = None
    opener: urllib.request.OpenerDirector = field(default_factory=lambda: urllib.request.build_opener(WithoutAuthorization()))

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        address = urllib.parse.urljoin(f"{self.url}/v2/{self.name}/", path)
        own = address.startswith(self.url)
        given = {**(headers or {}), **({"Authorization": self.authorization} if own and self.authorization else {})}
        request = urllib.request.Request(address, body, given, method=method)
        try:
            return self.opener.open(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as error:
            challenge = error.headers.get("WWW-Authenticate", "")
            if error.code != 401 or self.authorization is not None or not challenge.startswith("Bearer ") or body is not None:
                raise
            self.authorization = self.token(challenge)
            return self.ask(method, path, body, headers)

    def token(self, challenge: str) -> str:
        """The pull token of a public registry (distribution.github.io/distribution/spec/auth/token)."""
        parts = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        query = urllib.parse.urlencode({"service": parts.get("service", ""), "scope": f"repository:{self.name}:pull"})
        with self.opener.open(f"{parts['realm']}?{query}", timeout=60) as answer:
            found = json.load(answer)
        return f"Bearer {found.get('token') or found['access_token']}"

    def manifest(self, digest: str) -> dict[str, Any]:
        """The manifest of a digest for Linux on x86-64; that of an index is followed."""
        with self.ask("GET", f"manifests/{digest}", headers={"Accept": ", ".join((MANIFEST, DOCKER_MANIFEST, *INDEXES))}) as answer:
            text = answer.read(MANIFEST_BYTES_MAX)
        require(text, digest)
        found = json.loads(text)
        if "manifests" not in found:
            return found
        for one in found["manifests"]:
            if {key: one.get("platform", {}).get(key) for key in PLATFORM} == PLATFORM:
                return self.manifest(one["digest"])
        raise OtherContent(f"the image {digest} is not for Linux on x86-64")

    def blob(self, digest: str) -> BinaryIO:
        return self.ask("GET", f"blobs/{digest}")

    def read(self, digest: str) -> bytes:
        """A small blob, checked."""
        with self.blob(digest) as answer:
            data = answer.read(MANIFEST_BYTES_MAX)
        require(data, digest)
        return data

    def has(self, digest: str) -> bool:
        try:
            with self.ask("HEAD", f"blobs/{digest}"):
                return True
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return False
            raise

    def upload(self, digest: str, size: int, stream: Any) -> None:
        """Sends a blob, unless the repository has it. The registry checks that it has the digest."""
        if self.has(digest):
            return
        with self.ask("POST", "blobs/uploads/", b"") as begun:
            place = begun.headers["Location"]
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        with self.ask("PATCH", place, stream, headers) as sent:
            place = sent.headers["Location"]
        with self.ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={urllib.parse.quote(digest)}", b""):
            pass


class WithoutAuthorization(urllib.request.HTTPRedirectHandler):
    """Blobs are redirected to S3, which refuses a second authorization."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        found = super().redirect_request(req, fp, code, msg, headers, newurl)
        if found is not None:
            found.remove_header("Authorization")
        return found


def require(data: bytes, digest: str) -> None:
    found = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if found != digest:
        raise OtherContent(f"the registry delivers {found} in the place of {digest}")


def checked(stream: BinaryIO, digest: str) -> Iterator[bytes]:
    """A blob's bytes, piece by piece; the last one comes only if all have the digest."""
    found = hashlib.sha256()
    while block := stream.read(1024 * 1024):
        found.update(block)
        yield block
    if f"sha256:{found.hexdigest()}" != digest:
        raise OtherContent(f"the registry delivers sha256:{found.hexdigest()} in the place of {digest}")
