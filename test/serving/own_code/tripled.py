"""A module that a model brings along (`code_paths`)."""


def triple(value: float) -> float:
    return value * 3
