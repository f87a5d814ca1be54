"""
The method of the sample: downloads every file to disk, one after the other, packs them with tarfile, and uploads with boto3.

Settings: REGISTRY (base URL), BUCKET and KEY; endpoint, credentials and certificate in boto3's own variables. It works in the
current folder.
"""

import os
import tarfile
from pathlib import Path
from urllib.parse import quote

import boto3
import requests

ARTIFACTS = f"{os.environ['REGISTRY']}/api/2.0/mlflow-artifacts/artifacts"
# As much as MLflow's own client reads at a time.
CHUNK_BYTES = 1024 * 1024


def files_below(session, folder):
    listing = session.get(ARTIFACTS, params={"path": folder})
    listing.raise_for_status()
    for entry in listing.json()["files"]:
        path = f"{folder}/{entry['path']}"
        if entry["is_dir"]:
            yield from files_below(session, path)
        else:
            yield path


def download(session, path):
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with session.get(f"{ARTIFACTS}/{quote(path)}", stream=True) as answer, target.open("wb") as file:
        answer.raise_for_status()
        for chunk in answer.iter_content(CHUNK_BYTES):
            file.write(chunk)


def main():
    session = requests.Session()
    # The source is on this machine: no proxies, no .netrc.
    session.trust_env = False
    session.verify = os.environ["AWS_CA_BUNDLE"]
    for path in files_below(session, "model"):
        download(session, path)
    with tarfile.open("model.tar.gz", "w:gz") as archive:
        archive.add("model", arcname=".")
    boto3.client("s3").upload_file("model.tar.gz", os.environ["BUCKET"], os.environ["KEY"])


if __name__ == "__main__":
    main()
