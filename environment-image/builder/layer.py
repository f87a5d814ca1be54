"""File systems of images: unpacks the layers of a base, and packs one more so that the same files give the same bytes."""

import gzip
import hashlib
import io
import lzma
import os
import shutil
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

# The fastest: a layer is read as often as it is written, and its packages hardly shrink further.
GZIP_LEVEL = 1


# Python 3.11.0 to 3.11.3, as in Debian 12, have no filters.
FILTER: dict[str, Any] = {"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}


@dataclass(frozen=True)
class Layer:
    """A packed layer: `digest` is of its bytes, `diff_id` of the tar in them."""

    path: Path
    digest: str
    diff_id: str
    size: int
    uncompressed: int


class Pieces(io.RawIOBase):
    """A readable stream of pieces, for tarfile."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = iter(pieces)
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.rest:
            self.rest = next(self.pieces, b"")
        count = min(len(buffer), len(self.rest))
        buffer[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count


def unpack(pieces: Iterable[bytes], root: Path) -> int:
    """Unpacks a layer over those before it (github.com/opencontainers/image-spec, layer.md), and gives its bytes.

    Device files are left out: only the import test and the compiler run in here. Nothing leaves `root`.
    """
    stream = io.BufferedReader(Pieces(pieces), 1024 * 1024)
    total = 0
    with tarfile.open(fileobj=stream, mode="r|gz") as tar:
        for member in tar:
            path = Path(member.name)
            if path.name.startswith(".wh."):
                hidden = root / path.parent / path.name.removeprefix(".wh.")
                shutil.rmtree(hidden, ignore_errors=True) if hidden.is_dir() and not hidden.is_symlink() else hidden.unlink(missing_ok=True)
            elif member.isfile() or member.isdir() or member.issym() or member.islnk():
                total += member.size
                tar.extract(inside(member), root, **FILTER)
    while stream.read(1024 * 1024):
        pass  # what follows the tar belongs to the digest
    return total


def unpack_deb(data: bytes, root: Path, wanted: Callable[[str], bool]) -> None:
    """Unpacks files of a Debian package (man 5 deb): an archive of ar with data.tar.xz in it. Its scripts are not run."""
    at = 8
    while at < len(data):
        name = data[at : at + 16].decode().strip().rstrip("/")
        size = int(data[at + 48 : at + 58])
        if name == "data.tar.xz":
            with tarfile.open(fileobj=io.BytesIO(lzma.decompress(data[at + 60 : at + 60 + size]))) as tar:
                tar.extractall(root, members=[inside(one) for one in tar if wanted(one.name)], **FILTER)
            return
        at += 60 + size + size % 2
    raise tarfile.TarError("the Debian package has no data.tar.xz")


def inside(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A member that stays below its root."""
    if member.name.startswith("/") or ".." in Path(member.name).parts:
        raise tarfile.TarError(f"{member.name!r} leads out of its layer")
    return member


def pack(root: Path, names: Iterable[str], target: Path) -> Layer:
    """Packs what is below `names` of `root`, always into the same bytes: sorted, without times and owners."""
    with target.open("wb") as file:
        packed = Hashing(file)
        with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=GZIP_LEVEL, mtime=0) as zipped:  # type: ignore[arg-type]
            plain = Hashing(zipped)
            with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[arg-type]
                for name in sorted(names):
                    add(tar, root, name)
    return Layer(target, packed.digest, plain.digest, packed.size, plain.size)


def add(tar: tarfile.TarFile, root: Path, name: str) -> None:
    path = root / name
    info = tar.gettarinfo(str(path), name)
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = 0
    # Readable for whoever the container runs as, and written by nobody.
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    # A file with a second name in uv's cache is a file here.
    if info.islnk():
        info.type, info.linkname, info.size = tarfile.REGTYPE, "", path.stat().st_size
    if info.isreg():
        with path.open("rb") as file:
            tar.addfile(info, file)
        return
    tar.addfile(info)
    if info.isdir():
        for child in sorted(os.listdir(path)):
            add(tar, root, f"{name}/{child}")


class Hashing:
    """Passes bytes on and hashes them once, on their way."""

    def __init__(self, target: BinaryIO | gzip.GzipFile) -> None:
        self.target = target
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.size += len(data)
        return self.target.write(data)

    def flush(self) -> None:
        self.target.flush()

    @property
    def digest(self) -> str:
        return f"sha256:{self.hash.hexdigest()}"
