"""Mistakes in a `policy.toml`: each is one sentence with the file, the field, and what would do."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from grader.classroom.policies import PolicyError, read_policy
from grader.classroom.policies.parse import _TABLES, EXPECTED
from grader.classroom.policies.records import PolicyPart
from grader.core.i18n import LANGUAGES, Translator

ZONE = 'timezone = "Europe/Berlin"\n'
DUE = ZONE + "due = 2026-11-20T23:59:00\n"
DAY = '[penalty]\nper = "day"\n'
ANNA = '[[extension]]\nstudent = "anna"\n'

MISTAKES = {
    # how it is written
    "due = 2026-11-20T23:59": "policy.toml: It is no TOML (",
    "pass_procent = 50": "policy.toml, pass_procent: There is no such field. Did you mean pass_percent?",
    '[penalty]\nper = "day"\nprecent = 10': "policy.toml, penalty.precent: There is no such field. Did you mean p",
    '[[extension]]\nname = "anna"\ndays = 1': "policy.toml, extension.name: There is no such field. Known:",
    "[[extension]]\ndays = 1": "policy.toml, extension: Field student is missing: a text",
    'attempt = "first"': 'policy.toml, attempt: Expected "last" or "best"; received "first".',
    "attempt = 1": 'policy.toml, attempt: Expected "last" or "best"; received int.',
    "penalty = 10": "policy.toml, penalty: Expected a table: [penalty].",
    'extension = ["anna"]': "policy.toml, extension: Expected a table for each student: [[extension]].",
    'pass_percent = "half"': "policy.toml, pass_percent: Expected a number of percent from 0 to 100",
    "pass_percent = 101": "policy.toml, pass_percent: Expected a number of percent from 0 to 100; received 101.",
    "pass_percent = nan": "policy.toml, pass_percent: Expected a number of percent from 0 to 100; received NaN.",
    "pass_points = -1": "policy.toml, pass_points: Expected a number of points from 0 to 10000; received -1.",
    "round_to = 0": "policy.toml, round_to: Expected a number of points above 0, such as 0.5; received 0.",
    'grace = "soon"': 'policy.toml, grace: Expected a duration, such as "10min" or "1d 12h"; received "soon".',
    # times
    "due = 2026-11-20": "policy.toml, due: Expected a date with a time of day",
    'due = "tomorrow"': 'policy.toml, due: Expected a date with a time of day',
    "due = 2026-11-20T23:59:00": "policy.toml, due: 2026-11-20T23:59:00 has no time zone.",
    'timezone = "Europe/Berln"': "policy.toml, timezone: There is no time zone Europe/Berln. Did you mean Europe/",
    'timezone = "Berlin"': "policy.toml, timezone: There is no time zone Berlin. Did you mean Europe/B",
    'timezone = "../etc/passwd"': "policy.toml, timezone: There is no time zone ../etc/passwd.",
    ZONE + "due = 2026-03-29T02:30:00": "policy.toml, due: 2026-03-29T02:30:00 does not exist in Europe/Berlin",
    ZONE + "due = 2026-10-25T02:30:00": "policy.toml, due: 2026-10-25T02:30:00 exists twice in Europe/Berlin",
    # what contradicts itself
    DAY: "policy.toml, penalty: Say what each day or hour costs",
    DAY + "percent = 10\npoints = 1": "policy.toml, penalty: Say what each day or hour costs",
    "[penalty]\npercent = 10": "policy.toml, penalty: Say what each day or hour costs",
    DAY + "percent = 10\ncap = 5": "policy.toml, penalty.cap: The most that is taken (5)",
    DAY + "percent = 10\ncap = 120": "policy.toml, penalty.cap: The most that is taken (120)",
    DAY + 'points = 1\nof = "mark"': "policy.toml, penalty.of: Points are taken as they are",
    DAY + 'percent = 10\nsteps = [{after = "1d", percent = 5}]': "policy.toml, penalty: It has steps, and also pe",
    '[penalty]\nsteps = [{after = "1d", percent = 5}, {after = "1d", percent = 9}]': "policy.toml, penalty.steps:",
    '[penalty]\nsteps = [{after = "1d", percent = 5}, {after = "2d", percent = 4}]': "policy.toml, penalty.steps:",
    '[penalty]\nsteps = [{after = "1d", percent = 5}, {after = "2d", points = 9}]': "policy.toml, penalty.steps: ",
    "pass_percent = 50\npass_points = 10": "policy.toml, pass_points: The pass mark is said twice",
    "[late_days]\nbudget = 3": "policy.toml, late_days.results: It is missing",
    '[late_days]\nresults = ".."': "policy.toml, late_days.budget: It is missing",
    'grades = "german"\n[[grade]]\ngrade = "A"\npercent = 0': "policy.toml, grade: There is a key of your own",
    '[[grade]]\ngrade = "A"\npercent = 50': "policy.toml, grade.percent: Who has 0 percent has no grade",
    '[[grade]]\ngrade = "A"\npercent = 0\n[[grade]]\ngrade = "B"\npercent = 50': "policy.toml, grade.percent: Fr",
    DUE + ANNA: "policy.toml, extension: Say due or days for anna, one of the two.",
    DUE + ANNA + "days = 1\ndue = 2026-12-01T12:00:00": "policy.toml, extension: Say due or days",
    DUE + ANNA + "due = 2026-12-01T12:00:00": "policy.toml, extension.due: Say for which exercise anna",
    DUE + ANNA + "days = 1\n" + ANNA + "days = 2": "policy.toml, extension.student: anna has two extensions.",
    DUE + ANNA + 'exercise = "digit"\ndays = 1': "policy.toml, extension.exercise: There is no exercise digit. D",
    DUE + ANNA + 'exercise = "digits"\ndue = 2026-11-01T12:00:00': "policy.toml, extension.due: anna would",
    ANNA + 'exercise = "digits"\ndays = 1': "policy.toml, extension: anna has more time, but there is no due date",
}  # fmt: skip


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "exercises" / "digits").mkdir(parents=True)
    (tmp_path / "exercises" / "digits" / "rubric.py").touch()
    return tmp_path


def refuse(course: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        read_policy(course, "digits")
    for language in LANGUAGES:
        Translator(language)(caught.value.text)
    return Translator("en")(caught.value.text)


@pytest.mark.parametrize(("text", "said"), MISTAKES.items(), ids=range(len(MISTAKES)))
def test_a_mistake_is_one_sentence(text: str, said: str, course: Path) -> None:
    (course / "policy.toml").write_text(text)
    sentence = refuse(course)
    assert sentence.startswith(said), sentence
    assert "\n" not in sentence.replace("\\n", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[late_days]\nbudget = 3", "exercises/digits/policy.toml, late_days: The budget is for all exercises"),
        (
            ANNA + 'exercise = "linear"\ndays = 1',
            "exercises/digits/policy.toml, extension.exercise: This file is about digits.",
        ),
        ("due = 2026-11-20T23:59:00", "exercises/digits/policy.toml, due: 2026-11-20T23:59:00 has no time zone."),
    ],
)
def test_a_mistake_in_the_file_of_the_exercise_names_that_file(text: str, said: str, course: Path) -> None:
    (course / "exercises" / "digits" / "policy.toml").write_text(text)
    assert refuse(course).startswith(said)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = " + b"9" * 5000, b"a" * 2_000_000, b"[" * 9000])
def test_bytes_that_are_no_policy(data: bytes, course: Path) -> None:
    (course / "policy.toml").write_bytes(data)
    assert refuse(course).startswith("policy.toml: It is ")


def list_fields(struct: type[msgspec.Struct], path: str = "") -> Iterator[str]:
    for name in struct.__struct_fields__:
        field = f"{path}.{name}" if path else name
        yield field
        if field in _TABLES:
            yield from list_fields(_TABLES[field], field)


def test_every_field_says_what_is_expected() -> None:
    assert set(list_fields(PolicyPart)) == set(EXPECTED)


def test_without_files_there_are_no_rules(course: Path) -> None:
    assert read_policy(course, "digits").is_empty
    assert read_policy(course / "missing", "digits").is_empty


def test_an_extension_of_the_exercise_goes_before_one_of_the_course(course: Path) -> None:
    (course / "policy.toml").write_text(DUE + ANNA + "days = 1\n" + ANNA.replace("anna", "bob") + "days = 1\n")
    (course / "exercises" / "digits" / "policy.toml").write_text(ANNA + "days = 5\n")
    days = {e.student: e.due.wall.day for e in read_policy(course, "digits").extensions}
    assert days == {"anna": 25, "bob": 21}
