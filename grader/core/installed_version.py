"""The version of an installed distribution."""

from importlib import metadata


def find_version(*names: str) -> str:
    """Return the version of the first of these distributions that is installed; "" where none is.

    >>> find_version("tensorflow-cpu", "tensorflow")  # builds of one library under two names
    """
    for name in names:
        try:
            return metadata.version(name) or ""
        except metadata.PackageNotFoundError:
            continue
    return ""
