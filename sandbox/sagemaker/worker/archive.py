"""Unpacks model.tar.gz as SageMaker does before it starts a container."""

import tarfile
import zlib
from pathlib import Path


class BadArchive(Exception):
    """The archive cannot be unpacked, or tries to leave its folder."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a gzipped tar into an empty folder. The `data` filter refuses links and paths that lead out of it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise BadArchive(f"{type(error).__name__}: {error}") from error
