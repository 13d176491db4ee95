"""Which submissions a change touches, in real repositories."""

import os
from pathlib import Path

import pytest

from grader.ci.git import decode_for_display
from tests.ci.repositories import STUB, Repo, course_files, found, paths, said, with_course
from tests.helpers.two_functions import RIGHT, RUBRIC

LONG = "x" * 252 + ".py"  # 255 bytes


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A course with the exercises `two` and `other`, and a branch."""
    return with_course(tmp_path / "repo")


@pytest.mark.parametrize(
    "path",
    [
        "two/submission.py",
        "submissions/two/alice.py",
        "submissions/alice/two/submission.ipynb",
        "exercises/two/submission.py",
        "exercises/two/submission.ipynb",
        "other/alice/two/deep/down/x.PY",
        "reports/two/x.py",
    ],
)
def test_a_python_file_or_notebook_below_a_folder_of_that_name_is_a_submission(repo: Repo, path: str) -> None:
    repo.committed({path: RIGHT})
    touched = found(repo)
    assert paths(touched) == {path: "two"}
    assert not touched.problems
    assert not touched.strays


@pytest.mark.parametrize(
    "path",
    [
        "two/notes.txt",
        "README.md",
        "reference/two/submission.py",
        "reference/two/variants/a.py",
        "x.pyc",
        "grader/submission.py",
        ".github/two.py",
        "elsewhere/rubric.py",
    ],
)
def test_other_files_are_no_submissions_and_nothing_is_said_of_them(repo: Repo, path: str) -> None:
    repo.committed({path: RIGHT})
    touched = found(repo)
    assert (paths(touched), said(touched), touched.strays) == ({}, [], ())


def test_a_helper_is_told_of_and_the_submission_beside_it_is_graded(repo: Repo) -> None:
    repo.committed({"two/submission.py": RIGHT})
    repo.branch("later")
    repo.committed({"two/helper.py": "x = 1\n"})
    touched = found(repo, "work")
    assert paths(touched) == {"two/submission.py": "two"}
    assert said(touched)[0][:2] == ("warning", "two/helper.py")


def test_a_helper_beside_a_link_leaves_the_link_as_a_problem(repo: Repo) -> None:
    (repo.folder / "two").mkdir()
    (repo.folder / "two" / "submission.py").symlink_to("../README.md")
    repo.commit()
    repo.branch("later")
    repo.committed({"two/helper.py": "x = 1\n"})
    touched = found(repo, "work")
    assert paths(touched) == {}
    assert [problem.path for problem in touched.problems] == ["two/submission.py"]


def test_two_exercises_in_one_change_are_both_touched(repo: Repo) -> None:
    repo.committed({"two/submission.py": RIGHT, "other/submission.py": RIGHT})
    assert paths(found(repo)) == {"other/submission.py": "other", "two/submission.py": "two"}


@pytest.mark.parametrize(
    "path",
    [
        "submission.py",
        "Two/submission.py",
        "work/submission.ipynb",
        "two.py",
        "homework/Two.ipynb",
        "exercises/twoo/submission.py",
        "Two/alice.py",
        "submissions/TWO/x.ipynb",
    ],
)
def test_a_submission_outside_of_its_folder_is_an_error_that_names_the_folders(repo: Repo, path: str) -> None:
    repo.committed({path: RIGHT})
    touched = found(repo)
    assert paths(touched) == {}
    [remark] = touched.remarks
    assert (remark.severity, remark.path) == ("error", path)
    assert remark.text.params["names"] == "other, two"


@pytest.mark.parametrize(
    "path",
    ["two/submission.txt", "two/submission.py.txt", "alice/two/Submission.html", "submissions/two/alice.zip"],
)
def test_a_submission_in_a_form_that_is_not_graded_is_an_error(repo: Repo, path: str) -> None:
    repo.committed({path: RIGHT, "exercises/two/data.zip": "x", "data.zip": "x", "two/data.csv": "1"})
    touched = found(repo)
    assert paths(touched) == {}
    assert [(severity, path) for severity, path, _ in said(touched)] == [("error", path)]


@pytest.mark.parametrize("path", ["solution.py", "exercises/two/mine.py", "tests/test_x.py"])
def test_a_python_file_of_another_name_is_to_be_looked_into(repo: Repo, path: str) -> None:
    repo.committed({path: RIGHT})
    touched = found(repo)
    assert [stray.path for stray in touched.strays] == [path]
    assert touched.strays[0].blob


def test_a_deleted_submission_is_an_error(repo: Repo) -> None:
    repo.committed({"two/submission.py": RIGHT})
    repo.branch("later")
    (repo.folder / "two" / "submission.py").unlink()
    repo.commit()
    touched = found(repo, "work")
    assert paths(touched) == {}
    assert said(touched)[0][:2] == ("error", "two/submission.py")


def test_a_notebook_in_place_of_the_script_is_graded_and_nobody_misses_the_script(repo: Repo) -> None:
    repo.committed({"two/alice.py": RIGHT})
    repo.branch("later")
    (repo.folder / "two" / "alice.py").unlink()
    repo.committed({"two/alice.ipynb": "{}"})
    touched = found(repo, "work")
    assert paths(touched) == {"two/alice.ipynb": "two"}
    assert said(touched) == []


def test_of_two_kinds_of_stub_the_one_that_stays_is_graded(repo: Repo) -> None:
    repo.committed({"two/submission.py": STUB, "two/submission.ipynb": "{}"})
    repo.branch("later")
    (repo.folder / "two" / "submission.ipynb").unlink()
    repo.commit()
    touched = found(repo, "work")
    assert paths(touched) == {"two/submission.py": "two"}
    assert said(touched) == []


def test_a_deleted_helper_is_no_deleted_submission(repo: Repo) -> None:
    repo.committed({"two/submission.py": RIGHT, "two/helper.py": "x = 1\n"})
    repo.branch("later")
    (repo.folder / "two" / "helper.py").unlink()
    (repo.folder / "two" / "submission.py").rename(repo.folder / "two" / "mine.py")
    repo.commit()
    touched = found(repo, "work")
    assert paths(touched) == {"two/mine.py": "two"}
    assert said(touched) == []


def test_another_students_file_deleted_beside_ones_own_is_an_error(repo: Repo) -> None:
    repo.committed({"submissions/two/alice.py": RIGHT})
    repo.branch("later")
    (repo.folder / "submissions" / "two" / "alice.py").unlink()
    repo.committed({"submissions/two/bob.py": "def scale(x):\n    return x / 16 + 0\n"})
    touched = found(repo, "work")
    assert paths(touched) == {"submissions/two/bob.py": "two"}
    assert [(severity, path) for severity, path, _ in said(touched)] == [("error", "submissions/two/alice.py")]


@pytest.mark.parametrize("text", [RIGHT, RIGHT + "\n# changed\n"])
def test_a_renamed_submission_is_graded_under_its_new_name_changed_or_not(repo: Repo, text: str) -> None:
    repo.committed({"two/alice.py": RIGHT})
    repo.branch("later")
    repo.git("mv", "two/alice.py", "two/bob.py")
    repo.committed({"two/bob.py": text})
    touched = found(repo, "work")
    assert paths(touched) == {"two/bob.py": "two"}
    assert said(touched) == []


@pytest.mark.parametrize("target", ["elsewhere/alice.py", "two/alice.txt"])
def test_a_submission_that_is_moved_out_is_an_error(repo: Repo, target: str) -> None:
    repo.committed({"two/alice.py": RIGHT})
    repo.branch("later")
    (repo.folder / "elsewhere").mkdir()
    repo.git("mv", "two/alice.py", target)
    repo.commit()
    touched = found(repo, "work")
    assert paths(touched) == {}
    assert said(touched)[0][:2] == ("error", "two/alice.py")


def test_a_submission_moved_to_another_exercise_is_graded_as_that_and_it_is_said(repo: Repo) -> None:
    repo.committed({"two/alice.py": RIGHT})
    repo.branch("later")
    (repo.folder / "other").mkdir()
    repo.git("mv", "two/alice.py", "other/alice.py")
    repo.commit()
    touched = found(repo, "work")
    assert paths(touched) == {"other/alice.py": "other"}
    assert said(touched)[0][:2] == ("warning", "other/alice.py")


def test_a_link_in_place_of_a_submission_is_a_problem(repo: Repo) -> None:
    repo.committed({"two/submission.py": RIGHT})
    repo.branch("later")
    (repo.folder / "two" / "submission.py").unlink()
    (repo.folder / "two" / "submission.py").symlink_to("/etc/passwd")
    (repo.folder / "other").symlink_to("two")
    repo.commit()
    touched = found(repo, "work")
    assert paths(touched) == {}
    assert [(p.path, p.exercise) for p in touched.problems] == [("other", "other"), ("two/submission.py", "two")]


@pytest.mark.parametrize(
    ("path", "exercise"), [("two/submission.py", "two"), ("alice/two", "two"), ("two/alice", "two")]
)
def test_a_submodule_in_place_of_a_submission_is_a_problem(repo: Repo, path: str, exercise: str) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},{path}")
    repo.git("commit", "--quiet", "--message", "submodule")
    touched = found(repo)
    assert [(problem.path, problem.exercise) for problem in touched.problems] == [(path, exercise)]


def test_a_submodule_anywhere_else_is_an_error_because_nobody_sees_what_is_in_it(repo: Repo) -> None:
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},alice")
    repo.git("commit", "--quiet", "--message", "submodule")
    assert said(found(repo))[0][:2] == ("error", "alice")


def test_a_submodule_cannot_be_hidden_by_the_changes_own_settings(repo: Repo) -> None:
    repo.write(".gitmodules", '[submodule "two"]\n\tpath = two/alice\n\turl = ./x\n\tignore = all\n')
    repo.git("add", ".gitmodules")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},two/alice")
    repo.git("commit", "--quiet", "--message", "submodule")
    assert [problem.path for problem in found(repo).problems] == ["two/alice"]


def test_a_misplaced_link_that_is_called_like_a_submission_is_an_error(repo: Repo) -> None:
    (repo.folder / "submission.py").symlink_to("README.md")
    (repo.folder / "link").symlink_to("README.md")
    repo.commit()
    touched = found(repo)
    assert [(severity, path) for severity, path, _ in said(touched)] == [("error", "submission.py")]


def test_an_exercise_that_comes_with_the_change_cannot_grade_yet(repo: Repo) -> None:
    repo.committed(course_files("two", "third") | {"submissions/third/a.py": RIGHT})
    touched = found(repo)
    assert paths(touched) == {}
    assert [(severity, path) for severity, path, _ in said(touched)] == [
        ("warning", "exercises/third/rubric.py"),
        ("error", "submissions/third/a.py"),
    ]


def test_a_new_exercise_takes_no_submission_away_from_one_that_is_there(repo: Repo) -> None:
    repo.committed({"exercises/submissions/rubric.py": RUBRIC, "submissions/two/alice.py": RIGHT})
    assert paths(found(repo)) == {"submissions/two/alice.py": "two"}


def test_the_rubrics_of_the_change_make_no_exercise(repo: Repo) -> None:
    """Whoever could add an exercise could add an easy one."""
    repo.committed({"exercises/easy/rubric.py": RUBRIC, "easy/submission.py": RIGHT})
    touched = found(repo)
    assert paths(touched) == {}
    assert ("error", "easy/submission.py") in [(severity, path) for severity, path, _ in said(touched)]


def test_an_exercise_that_is_removed_with_its_stub_is_no_deleted_submission(repo: Repo) -> None:
    repo.git("rm", "-r", "--quiet", "exercises/other")
    repo.commit()
    touched = found(repo)
    assert (paths(touched), said(touched)) == ({}, [])


def test_copies_that_editors_make_are_not_graded_and_that_is_said(repo: Repo) -> None:
    repo.committed({"two/.ipynb_checkpoints/submission-checkpoint.ipynb": "{}", "two/._a.py": "x"})
    touched = found(repo)
    assert paths(touched) == {}
    assert {severity for severity, _, _ in said(touched)} == {"warning"}
    assert len(said(touched)) == 2


@pytest.mark.parametrize(
    "name",
    [
        b"a\nb.py",
        b"::error::x.py",
        b"'\"$(x)`.py",
        b"-rf.py",
        b"caf\xe9.py",
        b" a b .py",
        b"\x1b[31m\xe2\x80\xae.py",
        b"\t\\.py",
        LONG.encode(),
        b":(top)*.py",
    ],
)
def test_any_name_of_a_file_is_found_as_it_is(repo: Repo, name: bytes) -> None:
    repo.write(b"two/" + name)
    repo.commit()
    [candidate] = found(repo).submissions
    assert candidate.path.encode("utf-8", "surrogateescape") == b"two/" + name
    assert decode_for_display(candidate.path).encode()  # is Unicode


@pytest.mark.skipif(os.name != "posix", reason="file names are text there")
def test_any_name_of_a_file_is_found_after_a_rename(repo: Repo) -> None:
    repo.write(b"two/caf\xe9\n.py")
    repo.commit()
    repo.branch("later")
    (repo.folder / os.fsdecode(b"two/caf\xe9\n.py")).rename(repo.folder / os.fsdecode(b"two/-\xff.py"))
    repo.commit()
    touched = found(repo, "work")
    assert paths(touched) == {"two/-\udcff.py": "two"}
    assert said(touched) == []
