"""Checks code/requirements.txt, which a real container installs, against what is installed here."""

from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

# One package under two names: which of them is published for a platform decides which is installed.
SAME_PACKAGE = {"tensorflow": "tensorflow-cpu", "tensorflow-cpu": "tensorflow"}
# Options of pip that say where and how to look, and install nothing.
OPTIONS = ("-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host",
           "--pre", "--prefer-binary", "--only-binary", "--no-binary")


def problems(file: Path, isolated: bool = False) -> list[str]:
    """What of a requirements file is not satisfied here, a sentence each; nothing when the file is missing.

    What a container's image has cannot be known here, so a container without a network can install nothing at all.
    """
    found = []
    for line in lines_of(file):
        problem = problem_of(line, isolated)
        if problem is not None:
            found.append(problem)
    return found


def names(file: Path) -> set[str]:
    """The canonical names of the packages that a requirements file asks for."""
    found = set()
    for line in lines_of(file):
        try:
            found.add(canonicalize_name(Requirement(line).name))
        except InvalidRequirement:
            continue  # `problems` reports the line
    return found


def lines_of(file: Path) -> list[str]:
    """The lines that pip would read: without comments, continued lines joined."""
    if not file.is_file():
        return []
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#") and not is_option(line)]


def is_option(line: str) -> bool:
    """Whether a line only tells pip where to look. `-r` and `-e` are none: they ask for more packages."""
    return line.replace("=", " ").split()[0] in OPTIONS


def problem_of(line: str, isolated: bool) -> str | None:
    """Why a requirement is not satisfied, or None."""
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return f"'{line}' is not a requirement that can be checked without pip."
    if requirement.marker is not None and not requirement.marker.evaluate():
        return None
    if isolated:
        return f"'{line}' would be downloaded, and the container is isolated from the network."
    if requirement.url is not None:
        return f"'{line}' would be downloaded, and nothing is installed here."
    installed = installed_version(requirement.name)
    if installed is None:
        return f"'{line}' is not installed."
    if not requirement.specifier.contains(installed, prereleases=True):
        return f"'{line}' is not satisfied by the installed {requirement.name} {installed}."
    return None


def installed_version(name: str) -> str | None:
    """The version that is installed under a package's name, or under its other one."""
    for known in (name, SAME_PACKAGE.get(canonicalize_name(name))):
        try:
            return metadata.version(known) if known else None
        except metadata.PackageNotFoundError:
            continue
    return None
