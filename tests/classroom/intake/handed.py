"""Classes made for a test, as folders and as zips, and what becomes of them."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from grader.classroom.intake import Intake, Layout, LeftOut, UnusableHandInsError, open_hand_ins
from grader.core.i18n import Translator
from grader.protocol.hand_in import HandIn

EXERCISE = "digits"
NOTEBOOK = json.dumps(
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": "x = 1"}]}
)

Files = Mapping[str, str | bytes]


def as_folder(root: Path, files: Files) -> Path:
    """Write files; names that end with / are empty folders."""
    root.mkdir()
    for name, content in files.items():
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def as_zip(file: Path, files: Files) -> Path:
    """Pack files; names that end with / are empty folders."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file


def zipped(files: Files) -> bytes:
    """Return the bytes of a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return file.getvalue()


@dataclass(frozen=True)
class Seen:
    """What became of a class, with the contents of the files, which are gone after an archive is closed."""

    intake: Intake
    contents: Mapping[str, str]

    @property
    def layout(self) -> Layout:
        return self.intake.layout

    @property
    def taken(self) -> dict[str, str]:
        """The content of each student's file."""
        return dict(self.contents)

    @property
    def places(self) -> dict[str, str]:
        return {hand_in.student: hand_in.file for hand_in in self.hand_ins}

    @property
    def refused(self) -> dict[str, str]:
        """Why each student without a file has none."""
        return {left.hand_in.student: english(left) for left in self.intake.left_out if left.hand_in is not None}

    @property
    def left_out(self) -> dict[str, str]:
        """Why each file that is no student's hand-in was left out."""
        return {left.where: english(left) for left in self.intake.left_out if left.hand_in is None}

    @property
    def hand_ins(self) -> list[HandIn]:
        return [gradable.hand_in for gradable in self.intake.hand_ins]

    def of(self, student: str) -> HandIn:
        return next(hand_in for hand_in in self.hand_ins if hand_in.student == student)

    def row(self, student: str) -> HandIn:
        """Return the hand-in of a student without a file that can be graded."""
        refused = [left.hand_in for left in self.intake.left_out if left.hand_in is not None]
        return next(hand_in for hand_in in refused if hand_in.student == student)


def english(left: LeftOut) -> str:
    return Translator("en")(left.why)


def seen(path: Path, exercise: str = EXERCISE, due: datetime | None = None) -> Seen:
    with open_hand_ins(path, exercise, due) as intake:
        for gradable in intake.hand_ins:
            assert gradable.path.is_absolute()
            assert gradable.path.is_file()
        contents = {g.hand_in.student: g.path.read_bytes().decode(errors="replace") for g in intake.hand_ins}
        return Seen(intake, contents)


def refusal(path: Path, exercise: str = EXERCISE) -> str:
    with pytest.raises(UnusableHandInsError) as caught, open_hand_ins(path, exercise):
        pass
    return Translator("en")(caught.value.text)


@contextmanager
def opened(path: Path) -> Iterator[Intake]:
    with open_hand_ins(path, EXERCISE) as intake:
        yield intake
