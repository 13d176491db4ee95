"""The tree of errors: every exception class of the project has its place in it."""

import ast
import importlib
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.errors import (
    GraderError,
    InternalError,
    NoExercisesError,
    ProcessGoneError,
    SandboxError,
    UnknownExerciseError,
    UnusableRubricError,
    UserError,
)
from grader.core.i18n import Message
from tests.helpers.paths import ROOT

# Classes that are not the grader's own errors, each with the reason.
OUTSIDE = {
    "grader.protocol.processes.ProcessorTimeOverError": "goes through every `except Exception`",
    "grader.sandbox.inside.captured_io.InputUnavailableError": "stands for the EOFError of input()",
    "grader.sandbox.inside.datasets.DatasetMissingError": "stands for the error of a download",
    "grader.sandbox.inside.layer_calls.LayerCallRefusedError": "is raised in the submission, as by Keras",
    "grader.sandbox.inside.substitutes.EagerModeNeededError": "stands for an error of TensorFlow",
    "grader.sandbox.walls.namespaces.NotYetError": "stands among results of system calls",
}


def exception_classes() -> Iterator[str]:
    """Yield the qualified name of each class of grader/ and reports/ that is an exception by its bases."""
    for file in sorted([*ROOT.glob("grader/**/*.py"), *ROOT.glob("reports/**/*.py")]):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and any(_is_exception(base) for base in node.bases):
                yield f"{module}.{node.name}"


def _is_exception(base: ast.expr) -> bool:
    name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
    return name.endswith(("Error", "Exception")) or name == "UnreadableSubmission"


CLASSES = tuple(exception_classes())


def test_the_exception_classes_of_the_project_are_found() -> None:
    assert len(CLASSES) > 30
    assert "grader.core.errors.ProcessGoneError" in CLASSES
    assert set(OUTSIDE) <= set(CLASSES)


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in OUTSIDE])
def test_every_exception_class_derives_from_the_tree(name: str) -> None:
    module, _, cls = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), cls), GraderError)


def test_no_error_is_both_the_users_and_the_graders() -> None:
    for name in CLASSES:
        module, _, cls = name.rpartition(".")
        found = getattr(importlib.import_module(module), cls)
        assert not (issubclass(found, UserError) and issubclass(found, InternalError)), name


def test_a_process_that_is_gone_is_a_fault_of_the_sandbox_and_of_the_grader() -> None:
    assert issubclass(ProcessGoneError, SandboxError)
    assert issubclass(SandboxError, InternalError)


def test_no_code_catches_the_root_of_the_tree_but_where_the_program_ends() -> None:
    """`except GraderError` would take what the user can mend for a fault of the grader, or the other way round."""
    catching = set()
    for file in [*ROOT.glob("grader/**/*.py"), *ROOT.glob("reports/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and node.type is not None:
                names = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)}
                if "GraderError" in names:
                    catching.add(file.relative_to(ROOT).as_posix())
    assert catching == set()


def test_an_error_for_the_user_reads_as_its_english_sentence_and_survives_pickling() -> None:
    for kind in (UserError, UnusableRubricError):
        error = kind(Message("{file} is too long", {"file": "a.py"}))
        assert str(error) == "a.py is too long"
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is kind
        assert again.text == error.text


def test_a_course_without_the_exercise_or_without_any_says_what_there_is(tmp_path: Path) -> None:
    course = Course(tmp_path)
    with pytest.raises(NoExercisesError, match="There are no exercises in"):
        course.require_exercises()
    with pytest.raises(UnknownExerciseError, match=r"There is no exercise 'digits'\. This course has: –"):
        course.rubric_file("digits")
