"""Serve the desk on this machine only, until somebody ends it."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from grader.classroom.review.desk import Desk
from grader.classroom.review.errors import ReviewError
from grader.classroom.review.guard import new_token
from grader.classroom.review.web import make_app
from grader.core.i18n import _
from grader.core.process_marks import is_abandoned, own_mark

LOOPBACK = "127.0.0.1"
OPEN = "review-"  # begins the name of the file that says that a desk is open
SHUTDOWN_SECONDS = 3  # for requests that are being answered at the end


def serve(desk: Desk, language: str, port: int, report_link: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. Raises `ReviewError` where the port is taken, and `KeyboardInterrupt` at the end.

    Args:
        desk: What to serve.
        language: Of the pages.
        port: 0 for any that is free.
        report_link: Is called with the link, when a browser can open it.
    """
    with listen(port) as listener:
        token = new_token()
        server = make_server(desk, language, listener, token)
        report_link(make_link(listener, token))  # it listens already, and answers in a moment
        server.run(sockets=[listener])


def make_server(desk: Desk, language: str, listener: socket.socket, token: str) -> uvicorn.Server:
    """Return the server of a desk at a socket that listens."""
    config = uvicorn.Config(
        make_app(desk, _address(listener), token, language),
        log_level="warning",
        access_log=False,  # its lines would hold the token
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return uvicorn.Server(config)


def make_link(listener: socket.socket, token: str) -> str:
    """Return the link that opens the desk."""
    return f"http://{_address(listener)}/?token={token}"


def _address(listener: socket.socket) -> str:
    return f"{LOOPBACK}:{listener.getsockname()[1]}"


@contextmanager
def listen(port: int) -> Iterator[socket.socket]:
    """Give a socket that listens on this machine only. Raises `ReviewError` where the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with contextlib.closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError as error:
            raise ReviewError(
                _(
                    "Port {port} cannot be used ({reason}). Is another desk open there? Without --port, a free "
                    "one is taken.",
                    port=port,
                    reason=error.strerror or type(error).__name__,
                )
            ) from error
        listener.listen(128)
        yield listener


@contextmanager
def announce(folder: Path) -> Iterator[int]:
    """Say in the class's folder that a desk is open there, and give how many others are."""
    others = 0
    for file in folder.glob(f"{OPEN}*.open"):
        mark = file.name.removeprefix(OPEN).removesuffix(".open")
        with contextlib.suppress(OSError):
            if is_abandoned(mark, file.stat().st_mtime):
                file.unlink()
            else:
                others += mark != own_mark()
    own = folder / f"{OPEN}{own_mark()}.open"
    with contextlib.suppress(OSError):  # a folder that cannot be written: whoever decides something hears of it
        own.touch()
    try:
        yield others
    finally:
        with contextlib.suppress(OSError):
            own.unlink(missing_ok=True)
