"""`grader data`: downloads with checksums, resumed ones, no network, and what serves without."""

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from grader.commands import data, download
from grader.commands.app import app
from grader.commands.download import DownloadError
from grader.core.datasets import (
    DATASETS,
    VARIABLE,
    Dataset,
    FileState,
    find_file,
    partial_file,
    real_file,
    stand_in_file,
)
from grader.core.exit_codes import ExitCode
from grader.rubric.data.stand_ins import split_pictures, write_stand_in

MNIST, CALIFORNIA = DATASETS


def _make_file() -> bytes:
    """Return a small table in the format of the real one."""
    file = io.BytesIO()
    np.savez(file, x=np.arange(80_000.0).reshape(-1, 8), y=np.arange(10_000.0))
    return file.getvalue()


FILE = _make_file()


class _Server(HTTPServer):
    content = FILE
    length: int | None = None  # that is announced; None for the true one
    ranges: list[str | None]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if first >= len(FILE):
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        rest = self.server.content[first:]
        self.send_header("Content-Length", str(len(FILE) - first if self.server.length else len(rest)))
        self.end_headers()
        self.wfile.write(rest[: self.server.length])

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def _serve() -> Iterator[tuple[_Server, Dataset]]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.ranges = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        origin = f"http://127.0.0.1:{server.server_port}/california_housing.npz"
        try:
            yield server, replace(CALIFORNIA, origin=origin, sha256=hashlib.sha256(FILE).hexdigest())
        finally:
            server.shutdown()
            thread.join()


def test_an_interrupted_download_goes_on_where_it_ended(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    with _serve() as (server, dataset):
        server.length = 300_000
        with pytest.raises(DownloadError, match=f"interrupted after 300000 of {len(FILE)} bytes"):
            download.download(dataset, tmp_path, lambda *_: None)
        assert find_file(tmp_path, dataset).state is FileState.PARTIAL
        server.length = None
        path = download.download(dataset, tmp_path, lambda *step: steps.append(step))
        assert server.ranges == [None, "bytes=300000-"]
    assert path.read_bytes() == FILE
    assert steps[-1] == (len(FILE), len(FILE))
    assert find_file(tmp_path, dataset).state is FileState.REAL
    assert not partial_file(tmp_path, dataset).exists()


def test_a_beginning_that_is_complete_already_is_not_fetched_again(tmp_path: Path) -> None:
    with _serve() as (_server, dataset):
        partial_file(tmp_path, dataset).parent.mkdir()
        partial_file(tmp_path, dataset).write_bytes(FILE)
        assert download.download(dataset, tmp_path, lambda *_: None).read_bytes() == FILE


def test_another_file_never_gets_the_name_and_is_removed(tmp_path: Path) -> None:
    with _serve() as (server, dataset):
        server.content = b"<html>Sign in to this network</html>"
        with pytest.raises(DownloadError, match="checksum is wrong"):
            download.download(dataset, tmp_path, lambda *_: None)
    assert find_file(tmp_path, dataset).state is FileState.ABSENT
    assert list(tmp_path.rglob("*.npz*")) == []


def test_without_a_network_one_sentence_says_so_and_what_serves(tmp_path: Path) -> None:
    nowhere = replace(CALIFORNIA, origin="http://127.0.0.1:1/x.npz")
    with pytest.raises(DownloadError, match=r"could not be downloaded.*refused.*--stand-in"):
        download.download(nowhere, tmp_path, lambda *_: None)
    assert find_file(tmp_path, nowhere).state is FileState.ABSENT


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "datasets").write_text("a file in the way")
    with pytest.raises(DownloadError, match=r"california_housing\.npz cannot be written"):
        download.download(CALIFORNIA, tmp_path, lambda *_: None)


def test_pictures_get_the_format_of_keras_with_as_many_of_each_digit() -> None:
    rows = np.repeat(np.arange(10), 500)
    x = np.zeros((5000, 784))
    x[:, 0], x[:, 1] = rows, np.arange(5000) % 250
    arrays = split_pictures(x, rows)
    assert {name: (array.shape, str(array.dtype)) for name, array in arrays.items()} == {
        "x_train": ((4000, 28, 28), "uint8"),
        "y_train": ((4000,), "uint8"),
        "x_test": ((1000, 28, 28), "uint8"),
        "y_test": ((1000,), "uint8"),
    }
    assert np.bincount(arrays["y_test"]).tolist() == [100] * 10
    assert (arrays["x_train"][:, 0, 0] == arrays["y_train"]).all()


def test_the_stand_in_is_the_same_at_each_writing(tmp_path: Path) -> None:
    first = write_stand_in(CALIFORNIA, tmp_path).read_bytes()
    assert write_stand_in(CALIFORNIA, tmp_path).read_bytes() == first
    with np.load(io.BytesIO(first), allow_pickle=False) as arrays:
        assert {name: arrays[name].shape for name in arrays} == {"x": (20_640, 8), "y": (20_640,)}


def test_the_commands_say_what_there_is_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["data", *arguments, "--lang", "en"])
        return result.exit_code, result.output

    assert "grader data fetch mnist downloads it, with --stand-in it needs no network" in run("list")[1]
    code, output = run("fetch", "california_housing", "--stand-in")
    assert code == ExitCode.PASSED
    path = stand_in_file(tmp_path, CALIFORNIA)
    assert output == f"a made-up table with the same columns: 20,640 districts; file: {path}\n"
    code, output = run("fetch", "boston")
    assert code == ExitCode.USAGE
    assert "There is no data set boston. There are: mnist, california_housing" in output
    partial_file(tmp_path, MNIST).parent.mkdir()
    partial_file(tmp_path, MNIST).write_bytes(b"half")
    assert "half downloaded; go on: grader data fetch mnist" in run("list")[1]
    real_file(tmp_path, MNIST).write_bytes(b"another file")
    assert "is damaged (wrong checksum)" in run("list")[1]
    with _serve() as (_server, dataset):
        monkeypatch.setattr(data, "DATASETS", (dataset,))
        assert run("fetch", "california_housing")[0] == ExitCode.PASSED
        assert find_file(tmp_path, dataset).state is FileState.REAL
        assert "the real table: 20,640 districts" in run("fetch", "california_housing", "--stand-in")[1]
