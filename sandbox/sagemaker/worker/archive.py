"""Unpacks model.tar.gz as SageMaker does before it starts a container."""

import tarfile
import zlib
from pathlib import Path, PurePosixPath


class BadArchive(Exception):
    """The archive cannot be unpacked, or tries to leave its folder."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a gzipped tar into an empty folder. The `data` filter refuses links and paths that lead out of it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            if hasattr(tarfile, "data_filter"):
                tar.extractall(folder, filter="data")
            else:  # Python 3.11.0 to 3.11.3, as in Debian 12
                tar.extractall(folder, members=map(inside, tar))
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise BadArchive(f"{type(error).__name__}: {error}") from error


def inside(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """The member, if it is a plain file or a folder below the archive's own folder."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
        raise tarfile.TarError(f"{member.name!r} leads out of the archive")
    return member
