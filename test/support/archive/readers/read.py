"""Prints each entry of an archive as a line of JSON: name, kind, size, SHA-256.

Usage: python read.py <mode of tarfile.open> <archive>
"""

import hashlib
import json
import sys
import tarfile

mode, path = sys.argv[1:]
with open(path, "rb") as file, tarfile.open(fileobj=file, mode=mode) as archive:
    for entry in archive:
        digest = hashlib.sha256()
        content = archive.extractfile(entry) if mode != "r:" else None
        while content and (chunk := content.read(1 << 20)):
            digest.update(chunk)
        print(json.dumps([entry.name, "folder" if entry.isdir() else "file", entry.size, digest.hexdigest()]))
