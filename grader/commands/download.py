"""Download the file of a data set: with its checksum, and from where an interrupted download ended."""

import contextlib
import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from grader.core.datasets import Dataset, partial_file, real_file
from grader.core.errors import UserError, explain_write_error
from grader.core.i18n import Message, _

BLOCK = 1 << 16  # bytes that are read at once
TIMEOUT_SECONDS = 30.0  # without a byte
MOST_BYTES = 256 << 20  # of a file; the largest has 11 MiB

Progress = Callable[[int, int], None]  # bytes that are there, and bytes of all; 0 where that is not known


class DownloadError(UserError):
    """A data set that could not be downloaded. What came of it stays, and the next download goes on from there."""


def download(dataset: Dataset, folder: Path, show_progress: Progress) -> Path:
    """Download the real file of a data set into its place, unless it is there, and return its path.

    It gets its name once its checksum is right. Raises `DownloadError`.
    """
    target, part = real_file(folder, dataset), partial_file(folder, dataset)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab"):  # whether anything can be written is known before anything is fetched
            pass
        try:
            _fetch(dataset, part, show_progress)
        finally:
            _remove_empty(part)
        _require_checksum(dataset, part)
        part.replace(target)
    except OSError as error:
        raise DownloadError(
            _("{file} cannot be written: {reason}.", file=str(target), reason=explain_write_error(error))
        ) from error
    return target


def _fetch(dataset: Dataset, part: Path, show_progress: Progress) -> None:
    """Append what is missing of a file. Raises `DownloadError`, and `OSError` where it cannot be written."""
    there = part.stat().st_size
    request = urllib.request.Request(dataset.origin, headers={"Range": f"bytes={there}-"} if there else {})  # noqa: S310
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310 - the addresses are ours
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and there:
            return  # all of it is there already
        raise DownloadError(_explain_no_answer(dataset, f"HTTP {error.code}")) from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(_explain_no_answer(dataset, _reason(error))) from error
    with response:
        goes_on = response.status == http.HTTPStatus.PARTIAL_CONTENT
        there = there if goes_on else 0
        length = int(response.headers.get("Content-Length") or 0)
        total = there + length if length else 0
        with part.open("ab" if goes_on else "wb") as file:
            while block := _read(response, dataset, there, total):
                there += len(block)
                if there > MOST_BYTES:
                    raise DownloadError(_explain_other_file(dataset))
                file.write(block)
                show_progress(there, total)
    if there < total or not there:
        raise DownloadError(_explain_interruption(dataset, there, total))


def _read(response: http.client.HTTPResponse, dataset: Dataset, there: int, total: int) -> bytes:
    try:
        return response.read(BLOCK)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(_explain_interruption(dataset, there, total)) from error


def _remove_empty(part: Path) -> None:
    if not part.stat().st_size:
        part.unlink()


def _require_checksum(dataset: Dataset, part: Path) -> None:
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != dataset.sha256:
        with contextlib.suppress(OSError):
            part.unlink()
        raise DownloadError(_explain_other_file(dataset))


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)


def _explain_no_answer(dataset: Dataset, reason: str) -> Message:
    return _(
        "{name} could not be downloaded from {origin}: {reason}. Is there a network? Without one, this serves: "
        "grader data fetch {name} --stand-in",
        name=dataset.name,
        origin=dataset.origin,
        reason=reason,
    )


def _explain_interruption(dataset: Dataset, there: int, total: int) -> Message:
    return _(
        "The download of {name} was interrupted after {there} of {total} bytes. What has come is kept; the same "
        "command goes on from there: grader data fetch {name}",
        name=dataset.name,
        there=there,
        total=total or "?",
    )


def _explain_other_file(dataset: Dataset) -> Message:
    return _(
        "What came from {origin} is not the data set {name}: its checksum is wrong, so it was removed. Some "
        "networks answer with a page for signing in. Try again from another network.",
        origin=dataset.origin,
        name=dataset.name,
    )
