"""A patch must not be applied to a MiniStack other than the one it was written for."""

from importlib.metadata import version

WRITTEN_FOR = "1.5.33"


class UnexpectedMiniStack(SystemExit):
    """What is patched is not there: stop at once, since the gap would show later as a wrong answer."""


def expect(condition: bool, patch: str, found: str) -> None:
    """Stop the start with a message that names the patch, what was found, and the version that the patch knows."""
    if not condition:
        raise UnexpectedMiniStack(
            f"ministack launcher: the patch '{patch}' does not fit: {found}. "
            f"It was written for ministack {WRITTEN_FOR}; installed is {version('ministack')}. "
            "Install the version of sandbox/requirements.txt or revise the patch."
        )
