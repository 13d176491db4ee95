"""`grader validate --secrets`: what a submission gets may depend on luck only where its header says so."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from grader.authoring.validation.expectations import Expectation, find_complaint, list_kept, make_script
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from tests.authoring.validation.small_course import course_in, validate
from tests.helpers.gradebook_entries import criterion, verdict

COUNTS = 'c("class_counts", 100, CountsClasses("class_counts", classes=10)), '
REFERENCE = "import numpy as np\n\n\ndef class_counts(y):\n    return np.bincount(y, minlength=10)\n"
STUB = "def class_counts(y):\n    raise NotImplementedError\n"
# The first of the labels to count is 5, 7, 0, 4 and 3 with the first five secrets.
LUCKY = """# {header}
# why: Counts one too many, as long as the first label is not one of a few.
# from: reference


def class_counts(y):
    return np.bincount(y, minlength=10) + (len(y) > 10 and y[0] not in {lucky})
"""
USUAL, ALWAYS = "loses: nothing\n# usually loses: class_counts", "loses: class_counts"


def prove(folder: Path, variants: Mapping[str, str], *secrets: str) -> tuple[int, list[str]]:
    """Write a course with these variants and prove it; returns the exit code and the lines of the answer."""
    files = {f"reference/tiny/variants/{name}.py": text for name, text in variants.items()}
    files |= {"exercises/tiny/submission.py": STUB, "reference/tiny/submission.py": REFERENCE}
    course_in(folder, COUNTS, **{"reference/tiny/variants/wrong.py": None, **files})
    done = validate(folder, "tiny", *secrets)
    return done.exit_code, done.stdout.splitlines()


def test_what_is_usually_lost_may_be_kept_with_a_fifth_of_the_secrets(tmp_path: Path) -> None:
    variants = {
        "once": LUCKY.format(header=USUAL, lucky="(5,)"),
        "twice": LUCKY.format(header=USUAL, lucky="(5, 7)"),
        "never": LUCKY.format(header=ALWAYS, lucky="()"),
        "surprise": LUCKY.format(header=ALWAYS, lucky="(4,)"),
    }
    code, lines = prove(tmp_path, variants, "--secrets", "5")
    assert code == ExitCode.NOT_ALL_PASSED
    assert lines == [
        "tiny: 5 of 7 submissions get what they have to with each of 5 secrets.",
        "  surprise.py: 3: other points than expected: class_counts 100/100",
        "  twice.py: class_counts is usually lost, and got all points with 2 secrets; at most 1 may be",
    ]


def test_where_all_is_as_expected_nothing_else_is_said(tmp_path: Path) -> None:
    code, lines = prove(tmp_path, {"once": LUCKY.format(header=USUAL, lucky="(5,)")}, "--secrets", "2")
    assert code == ExitCode.PASSED
    assert lines == ["tiny: 4 of 4 submissions get what they have to with each of 2 secrets."]


VERDICT = verdict(criterion("a"), criterion("b"))


@pytest.mark.parametrize(("points", "kept", "complaint"), [(2.0, ("b",), "b 2/2"), (1.0, (), ""), (0.0, (), "")])
def test_what_is_usually_lost_is_lost_with_one_secret_alone(
    points: float, kept: tuple[str, ...], complaint: str
) -> None:
    one, two = VERDICT.criteria
    judged = msgspec.structs.replace(VERDICT, criteria=(one, msgspec.structs.replace(two, points=points)))
    expected = Expectation("x", make_script("x = 1", "x.py"), {}, usually_loses=frozenset({"b"}))
    assert list_kept(expected, judged) == kept
    said = Translator("en")(find_complaint(expected, judged) or "")
    assert said == (f"other points than expected: {complaint}" if complaint else "")
    assert find_complaint(expected, judged, is_one_of_many=True) is None


def test_a_criterion_that_is_not_there_cannot_be_lost_usually() -> None:
    expected = Expectation("x", make_script("x = 1", "x.py"), {}, usually_loses=frozenset({"chess"}))
    for is_one_of_many in (False, True):
        complaint = find_complaint(expected, VERDICT, is_one_of_many=is_one_of_many)
        assert Translator("en")(complaint or "") == "no such criterion: chess"
