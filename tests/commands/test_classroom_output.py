"""What is printed about a class: changes, names that are hostile, long lists."""

import io
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from grader.classroom.batch import GradingJob, Owner, VerdictOrigin
from grader.classroom.exports.formats import Exported
from grader.classroom.intake import Intake, Layout, LeftOut
from grader.classroom.mark_changes import CriterionChange, find_mark_changes
from grader.classroom.rejudge import RerunReason
from grader.commands.classroom_output import ClassOutput
from grader.core.i18n import LANGUAGES, Translator, _
from grader.protocol.submission import Submission
from grader.protocol.verdict import Status
from tests.reports.classroom.samples import adjustment, criterion, entry, judged

ANNA = entry("anna", judged(criterion("a", Status.PASSED, 10), criterion("b", Status.FAILED, 0)))
BEN = entry("ben", judged(criterion("a", Status.PASSED, 10)))
HOSTILE = "eve\u202e\x1b[2J[red]<b>\nx"


def console() -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, width=200, color_system=None), text


def show(change: CriterionChange) -> str:
    return ClassOutput(Translator("en"), Console())._format_criterion(change)


def test_a_criterion_that_gives_other_points_is_named() -> None:
    after = entry("anna", judged(criterion("a", Status.PASSED, 10), criterion("b", Status.PARTIAL, 4)))
    (change,) = find_mark_changes([ANNA, BEN], [after, BEN])
    assert (change.student, change.before, change.after) == ("anna", 10, 14)
    assert list(map(show, change.criteria)) == ["b 0 → 4"]


def test_criteria_that_are_new_or_gone_are_named() -> None:
    (change,) = find_mark_changes([BEN], [entry("ben", judged(criterion("c", Status.PASSED, 10)))])
    assert list(map(show, change.criteria)) == ["c – → 10", "a 10 → –"]


def test_another_status_with_the_same_points_is_a_change() -> None:
    skipped = entry("anna", judged(criterion("a", Status.PASSED, 10), criterion("b", Status.SKIPPED, 0)))
    (change,) = find_mark_changes([ANNA], [skipped])
    assert list(map(show, change.criteria)) == ["b failed → skipped"]
    undecided = judged(criterion("a", Status.NOT_GRADED, 0), criterion("b", Status.NOT_GRADED, 0))
    (change,) = find_mark_changes([ANNA], [entry("anna", undecided)])
    assert list(map(show, change.criteria)) == ["a 10 → not graded", "b failed → not graded"]


def test_who_is_new_or_gone_or_the_same_is_no_change() -> None:
    assert (
        find_mark_changes([ANNA], [ANNA])
        == find_mark_changes([ANNA], [BEN])
        == find_mark_changes([], [ANNA])
        == ()
    )


def test_a_mark_by_hand_hides_what_the_rubric_changed_in_it() -> None:
    by_hand = (adjustment("b", 7),)
    before = msgspec.structs.replace(ANNA, adjustments=by_hand)
    judged_again = judged(criterion("a", Status.PASSED, 10), criterion("b", Status.PASSED, 10))
    (change,) = find_mark_changes([before], [msgspec.structs.replace(before, verdict=judged_again)])
    assert (change.before, change.after) == (17, 17)
    assert list(map(show, change.criteria)) == ["b 0 → 10"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_printed_and_no_name_steers_the_terminal(language: str) -> None:
    translate = Translator(language)
    out, text = console()
    output = ClassOutput(translate, out, out)
    submission = Submission("submission.py", "", "script", ())
    intake = Intake(
        layout=Layout.MOODLE, hand_ins=(), left_out=(LeftOut(where=HOSTILE, why=_("There was nothing to do.")),)
    )
    output.print_intake(intake)
    output.print_batch_summary(Counter(dict.fromkeys(VerdictOrigin, 2)), [ANNA, entry("x")])
    output.print_faults({"k": "[red]oops"})
    for why in RerunReason:
        tasks = {why: {"k": GradingJob("k", submission, [Owner(1, HOSTILE, entry("x"))])}}
        output.print_reruns(tasks)
    undecided = entry("eve", None, name=HOSTILE)
    decided = msgspec.structs.replace(undecided, adjustments=(adjustment(None, 2.5),))
    output.print_changes(find_mark_changes([undecided], [decided]), 1)
    output.print_mark(decided.name, decided)
    names = (HOSTILE,)
    made = Exported(data=b"", without_row=names, without_hand_in=names, without_mark=names)
    output.print_export(made, Path("out.csv"))
    said = text.getvalue()
    assert said.count("[red]<b> x") == said.count("<b>") > 5
    assert "[red]oops" in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "{" not in said
    assert ("2,5" if language == "de" else "2.5") in said


def test_the_files_of_a_watched_folder_are_named_in_whole_lines_and_each_list_says_why() -> None:
    text = io.StringIO()
    output = ClassOutput(Translator("en"), Console(file=text, width=20, color_system=None))
    name = "name " * 10 + "x.py"
    for print_files in (output.print_empty_files, output.print_gone_files, output.print_conflicts):
        print_files([])
        print_files([name])
    lines = text.getvalue().splitlines()
    assert lines[::2] == [
        "Empty so far, so they are waited for:",
        "No longer in the folder, or renamed; their results are kept:",
        "Two versions that the drive could not merge; say which counts by removing or renaming one:",
    ]
    assert lines[1::2] == [f"  {name}"] * 3


def test_under_pseudonyms_no_file_is_named() -> None:
    out, text = console()
    left_out = (LeftOut(where="anna/a.py", why=_("There was nothing to do.")),)
    intake = Intake(layout=Layout.FOLDERS, hand_ins=(), left_out=left_out)
    ClassOutput(Translator("en"), out).print_intake(intake, anonymous=True)
    assert "anna" not in text.getvalue()
    assert "Left out: 1" in text.getvalue()


@pytest.mark.parametrize(("count", "more"), [(40, None), (41, "and 1 more"), (100, "and 60 more")])
def test_of_a_long_list_the_first_lines_are_shown_and_the_others_counted(count: int, more: str | None) -> None:
    out, text = console()
    left_out = tuple(LeftOut(where=f"file{i}", why=_("There was nothing to do.")) for i in range(count))
    ClassOutput(Translator("en"), out).print_intake(Intake(layout=Layout.FILES, hand_ins=(), left_out=left_out))
    assert "file39:" in text.getvalue()
    assert "file40:" not in text.getvalue()
    assert more in text.getvalue() if more else "more" not in text.getvalue()
