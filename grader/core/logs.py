"""Logging of the project: where the loggers `grader` and `reports` write, and how much.

Without being asked for, they write nowhere: what a user has to know is printed. `--verbose` writes to standard
error, `--log-file` to a file; both write everything, tracebacks included.
"""

import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path

LOGGERS = ("grader", "reports")
LEVEL_VARIABLE = "GRADER_LOG_LEVEL"  # how the processes that are started learn of the level
FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


class _StandardError(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to what standard error is at the time, which progress bars exchange while they are shown."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> object:
        """Return standard error as it is now."""
        return sys.stderr


def configure_logging(*, verbose: bool = False, file: Path | None = None) -> None:
    """Let the project's loggers write to standard error (`verbose`), to `file`, to both, or to neither.

    May be called again, and adds to what earlier calls asked for. Raises `OSError` where `file` cannot be opened.
    """
    loggers = [logging.getLogger(name) for name in LOGGERS]
    if not any(isinstance(handler, logging.NullHandler) for handler in loggers[0].handlers):
        _add(logging.NullHandler(), loggers)  # else Python would print warnings by itself
    if file is not None and log_file() != Path(os.path.abspath(file)):  # noqa: PTH100 - as logging does it
        _add(logging.FileHandler(file, encoding="utf-8", errors="backslashreplace"), loggers)
    if verbose and not is_verbose():
        _add(_StandardError(), loggers)
    if verbose or file is not None:
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        os.environ[LEVEL_VARIABLE] = "DEBUG"


def log_file() -> Path | None:
    """Return the file that is written to, if any."""
    for handler in logging.getLogger(LOGGERS[0]).handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None


def is_verbose() -> bool:
    """Return whether the log is written to standard error."""
    return any(isinstance(handler, _StandardError) for handler in logging.getLogger(LOGGERS[0]).handlers)


def _add(handler: logging.Handler, loggers: Iterable[logging.Logger]) -> None:
    handler.setFormatter(logging.Formatter(FORMAT))
    for logger in loggers:
        logger.addHandler(handler)
