"""Crash at each step of deleting a student, run the next command, and print what is there then.

    python -m tests.helpers.erasure_walk FOLDER [EVERY]

Audit hooks cannot be taken away again, so each try is a process of its own. The result is JSON.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from grader.classroom.folder import open_folder, open_store
from grader.classroom.store import NewMark, Store, Version
from grader.commands.classroom_session import open_class
from grader.commands.personal_data import forget_people
from grader.core.errors import UserError
from grader.core.i18n import Translator
from tests.helpers.crash_walk import CRASH, FULL, Fault, grade, in_fork, write_class

NAME = "anna"
ENGLISH = Translator("en")


def find_bytes(folder: Path, text: str) -> list[str]:
    """Return the files below a folder that have a text in their name or in their bytes."""
    wanted = text.encode()
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if text in path.name or (path.is_file() and wanted in path.read_bytes())
    )


def read_marks(out: Path) -> dict[str, float | None]:
    """Return the marks of a class."""
    with open_store(open_folder(out)) as store:
        return {row.entry.student: row.entry.points for row in store.newest_hand_ins("two")}


def review(out: Path) -> None:
    """Write what the desk writes about the student: requests, marks, a second mark, comments, an earlier text."""
    with open_store(open_folder(out)) as store:
        marks = store.hand_marks
        criterion = store.newest_hand_ins("two")[0].entry.verdict.criteria[0].id  # type: ignore[union-attr]
        wishes = [(NAME, criterion, f"{NAME} asks"), (NAME, criterion, f"{NAME} asks again")]
        marks.add_requests("two", wishes, "eve")
        own = marks.add_comment("two", criterion, f"Look, {NAME}.", "eve")
        shared = marks.add_comment("two", criterion, f"As {NAME} said.", "eve")
        marks.mend_comment("two", shared, "As was said.", f"As {NAME} said.", "eve")
        for student, comment, is_second in ((NAME, own, False), (NAME, shared, True), ("ben", shared, True)):
            new = NewMark(
                student=student,
                criterion=criterion,
                points=0.5,
                reason=f"for {student}",
                comment=comment,
                is_second=is_second,
            )
            answers = None if is_second else marks.read_requests("two")[0].number
            marks.decide("two", new, _find_version(store, student), "eve", answers)


def _find_version(store: Store, student: str) -> Version:
    state = next(state for state in store.hand_marks.read_states("two") if state.student == student)
    return Version(hand_in=state.hand_in, verdict=state.verdict, adjustment=0)


def try_step(made: Path, out: Path, step: int | None, kind: int) -> dict[str, Any]:
    """Delete a student with a fault at a step, then run another command; return what is there then."""
    shutil.copytree(made, out)
    fault = Fault(step, kind)

    def faulty() -> tuple[str, list[str]]:
        fault.install(out)
        try:
            forget_people(open_folder(out), NAME, None, lambda: True, ENGLISH)
        except UserError as error:
            return type(error).__name__, fault.names
        except Exception as error:  # noqa: BLE001 - people would get a traceback
            return f"unexpected {type(error).__name__}: {error}", fault.names
        return "", fault.names

    def look() -> dict[str, Any]:
        with open_class(open_folder(out), ENGLISH):
            pass
        left = [path.name for path in out.iterdir() if path.name.startswith((".in-use", ".alone", ".new"))]
        return {"marks": read_marks(out), "naming": find_bytes(out, NAME), "left": left}

    error, names = in_fork(faulty) or ("", [])
    then = in_fork(look)
    shutil.rmtree(out)
    return {"step": step, "kind": kind, "error": error, "names": names, "then": then}


def main(folder: Path, every: int) -> None:
    """Print the results."""
    course = write_class(folder)
    made = folder / "made"
    in_fork(lambda: grade(course, folder, made))
    in_fork(lambda: review(made))
    (made / "two-csv.csv").write_text("student,points\nanna,3\nben,2\n")
    (made / "old" / "anna").mkdir(parents=True)
    (made / "old" / "anna" / "notes.txt").write_text("anna was here")
    whole = try_step(made, folder / "out", None, CRASH)
    steps = range(1, len(whole["names"]) + 1)
    results = [try_step(made, folder / "out", step, CRASH) for step in steps[::every]]
    results += [try_step(made, folder / "out", step, FULL) for step in steps[:: 3 * every]]
    before: dict[str, Any] = {"marks": read_marks(made), "naming": find_bytes(made, NAME)}
    with open_store(open_folder(made)) as store:
        before["requests"] = len(store.hand_marks.read_requests("two"))
    print(json.dumps({"before": before, "whole": whole, "results": results}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
