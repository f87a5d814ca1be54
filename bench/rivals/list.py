"""
Lists a model's files, and writes a configuration of curl's that downloads them below the current folder.

Settings: REGISTRY (base URL). Only what Python brings along, so that it starts fast.
"""

import json
import os
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit

REGISTRY = urlsplit(os.environ["REGISTRY"])
ARTIFACTS = f"{REGISTRY.path}/api/2.0/mlflow-artifacts/artifacts"
ROOT = "model"


def files_below(connection, folder):
    connection.request("GET", f"{ARTIFACTS}?{urlencode({'path': folder})}")
    with connection.getresponse() as answer:
        if answer.status != 200:
            raise SystemExit(f"the listing of {folder} answered {answer.status}")
        entries = json.load(answer)["files"]
    for entry in entries:
        path = f"{folder}/{entry['path']}"
        if entry["is_dir"]:
            yield from files_below(connection, path)
        else:
            yield path


def quoted(text):
    """In curl's quotes these two need a backslash before them (curl.se/docs/manpage.html, --config)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main():
    connection = HTTPConnection(REGISTRY.hostname, REGISTRY.port)
    for path in files_below(connection, ROOT):
        print(f"url = {quoted(f'{REGISTRY.scheme}://{REGISTRY.netloc}{ARTIFACTS}/{quote(path)}')}")
        print(f"output = {quoted(path.removeprefix(f'{ROOT}/'))}")


if __name__ == "__main__":
    main()
