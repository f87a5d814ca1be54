"""A registry on a loopback port that is as strict as ECR.

It wants authorization, a blob has the digest that it is pushed as, uploads go in order, and an image's parts are there before it is.
The repository `base` is public: it hands out tokens, and redirects blobs as public.ecr.aws does.
"""

import hashlib
import http.server
import json
import re
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "environment-image"))

from builder.registry import Repository  # noqa: E402

AUTHORIZATION = "Basic QVdTOnNlY3JldA=="


def sha256(data):
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def start(base):
    """The server; `store` has its blobs by repository. The caller ends it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    server.store = {"base": base, "environments": {}, "uploads": {}, "pushed": []}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def repositories(server):
    """The public repository with the base, and the one that environments are pushed to."""
    url = f"http://127.0.0.1:{server.server_port}"
    return Repository(url, "base"), Repository(url, "environments", AUTHORIZATION)


class Registry(http.server.BaseHTTPRequestHandler):
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
        wanted = "Bearer anybody" if public else AUTHORIZATION
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
        digest = sha256(imageManifest.encode())
        self.blobs[digest] = imageManifest.encode()
        return {"image": {"imageId": {"imageDigest": digest, "imageTag": imageTag}}}
