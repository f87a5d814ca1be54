"""Starts the sandbox's workers as its SageMaker stand-in starts them, and talks to them."""
from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from typing import Any

PROJECT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
MAIN = os.path.join(PROJECT, "sandbox", "sagemaker", "worker", "main.py")
JSON = "application/json"

Answer = tuple[int, str]


class Program:
    """A process of the worker's main.py, which ends when its stdin is closed."""

    def __init__(self, settings: dict[str, Any], environment: dict[str, str] | None = None) -> None:
        self.folder = tempfile.mkdtemp(prefix="container-")
        base = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": self.folder, "TMPDIR": self.folder}
        command = [sys.executable, "-I", "-u", MAIN, json.dumps({"folder": self.folder, **settings})]
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=self.folder,
            env={**base, "TF_CPP_MIN_LOG_LEVEL": "2", **(environment or {})},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.report: dict[str, Any] = json.loads(line) if line else {"reason": self.said()}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.report['port']}"

    def said(self) -> str:
        """What it wrote to its log so far."""
        self.log.seek(0)
        return self.log.read()

    def stop(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Container(Program):
    """A worker that stands in for one container, with an archive of these files: a text, bytes, or a path to copy."""

    def __init__(self, kind: str, files: dict[str, Any], environment: dict[str, str] | None = None) -> None:
        handle, archive = tempfile.mkstemp(suffix=".tar.gz")
        os.close(handle)
        try:
            write_archive(archive, files)
            super().__init__({"kind": kind, "archive": archive, "confined": False, "isolated": False, "memory": None}, environment)
        finally:
            os.remove(archive)

    def ping(self) -> Answer:
        return send(urllib.request.Request(f"{self.url}/ping"))[:2]

    def invoke(self, body: Any, content_type: str = JSON, headers: dict[str, str] | None = None) -> Answer:
        """Status and body of an answer; a body that is neither text nor bytes is sent as JSON."""
        return self.invoke_whole(body, content_type, headers)[:2]

    def invoke_whole(self, body: Any, content_type: str = JSON, headers: dict[str, str] | None = None) -> Any:
        """Status, body and content type of an answer."""
        return post(f"{self.url}/invocations", body, content_type, headers)


def post(url: str, body: Any, content_type: str = JSON, headers: dict[str, str] | None = None) -> tuple[int, str, str]:
    content = body if isinstance(body, (str, bytes)) else json.dumps(body)
    content = content.encode("utf-8") if isinstance(content, str) else content
    request = urllib.request.Request(url, content, {"Content-Type": content_type, **(headers or {})})
    return send(request)


def send(request: urllib.request.Request) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode("utf-8"), response.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8"), error.headers["Content-Type"]


def write_archive(path: str, files: dict[str, Any]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            if isinstance(content, os.PathLike):
                tar.add(content, name)
                continue
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
