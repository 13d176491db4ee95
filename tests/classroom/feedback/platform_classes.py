"""Classes as platforms hand them out, graded without a grader, and what the platforms read of a feedback zip.

The names are those that each platform's own code and documents give; nobody of them exists.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner, Result

from grader.classroom.folder import Settings, prepare_folder
from grader.classroom.intake import open_hand_ins
from grader.classroom.pages import Publisher
from grader.classroom.store import Judgement, NewHandIn, Store
from grader.commands.app import app
from grader.protocol.verdict import Exhibits
from grader.submission.reader import read
from tests.classroom.intake.handed import Files, as_zip
from tests.reports import samples

VERDICT = samples.three_failures()[0]


def grade(tmp_path: Path, files: Files, *, anonymous: bool = False, course: Path | None = None) -> Path:
    """Read a class, give everybody the same verdict and an own report, and return the class's folder."""
    settings = Settings(
        exercise="digits",
        series="digits",
        course="" if course is None else str(course),
        language="en",
        mode="walls",
        anonymous=anonymous,
    )
    out = tmp_path / "out"
    folder = prepare_folder(out, settings)
    download = as_zip(tmp_path / "class.zip", files)
    with open_hand_ins(download, "digits") as intake, Store.open(out) as store:
        new = [NewHandIn(hand_in=g.hand_in, submission=read(g.path)) for g in intake.hand_ins]
        new += [
            NewHandIn(hand_in=left.hand_in, problem="-") for left in intake.left_out if left.hand_in is not None
        ]
        numbers = store.add_hand_ins("digits", new, store.begin_run("digits", "me"))
        graded = {n for n, hand in zip(numbers, new, strict=True) if hand.submission is not None}
        store.add_verdicts(Judgement(number=n, key="k", verdict=VERDICT, by="me") for n in sorted(graded))
        publisher = Publisher(folder, store)
        for row in store.newest_hand_ins("digits"):
            if row.number in graded:
                publisher.write_report(row.entry, VERDICT, Exhibits())
        publisher.write_dashboard()
    return out


def export(out: Path, platform: str, *options: object) -> Result:
    """Run `grader export --feedback`."""
    words = ["export", str(out), "--feedback", platform, *map(str, options), "--lang", "en"]
    return CliRunner().invoke(app, words)


def unpack(out: Path, platform: str) -> dict[str, str]:
    """Return the files of the zip that was written."""
    with zipfile.ZipFile(io.BytesIO((out / f"digits-feedback-{platform}.zip").read_bytes())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}


def moodle_reads(files: Mapping[str, str], participants: set[int]) -> dict[int, dict[str, str]]:
    """Return the files by participant, as `assignfeedback_file_zip_importer` of Moodle 4 finds them."""
    read_files: dict[int, dict[str, str]] = {}
    for path, text in files.items():
        parts = path.split("/")
        if parts[-1].startswith((".", "~")):
            continue
        while parts:
            info = parts.pop(0).split("_", 4)
            if len(info) < 4 or not info[1].isdigit() or int(info[1]) not in participants:
                continue
            assert info[2:4] == ["assignsubmission", "file"]  # of the plugins that every site has
            rest = [*info[4:], *parts]
            read_files.setdefault(int(info[1]), {})["/".join(filter(None, rest))] = text
            break
    return read_files


def ilias_reads(files: Mapping[str, str], members: set[int]) -> dict[int, dict[str, str]]:
    """Return the files by user, as `ilExAssignment::getMultiFeedbackFiles` of ILIAS 8 finds them."""
    read_files: dict[int, dict[str, str]] = {}
    for path, text in files.items():
        parts = path.split("/")
        if not parts[0].startswith("multi_feedback") or len(parts) != 3:
            continue
        user = re.match(r"\d*", parts[1].split("_")[-1])
        assert user is not None
        if user[0] and int(user[0]) in members:
            read_files.setdefault(int(user[0]), {})[parts[2]] = text
    return read_files


def canvas_reads(files: Mapping[str, str], attachments: Mapping[int, int]) -> dict[int, str]:
    """Return the text by user, as `infer_comment_context_from_filename` finds it. `attachments`: user by file."""
    read_files = {}
    for path, text in files.items():
        split = path.rpartition("/")[2].split("_")
        numbers = [part for part in split if re.fullmatch(r"\d+", part)][:2]
        if (
            len(numbers) == 2
            and not split[-1].startswith("link")
            and attachments.get(int(numbers[1])) == int(numbers[0])
        ):
            read_files[int(numbers[0])] = text
    return read_files
