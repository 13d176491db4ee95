"""From a change to an answer, where nothing has to be run: what is refused, what is told, what is green."""

import json
from pathlib import Path

import pytest

from grader.ci import pipeline
from grader.ci.pipeline import CiOptions, grade_change
from grader.core import course as courses
from grader.grading.results import Mode
from grader.protocol.change_result import exit_code
from tests.ci.answering import NO_BASE, WISHES, answered, refused
from tests.ci.repositories import EASY_RUBRIC, Repo, course_files, with_course
from tests.helpers.two_functions import RIGHT

pytestmark = pytest.mark.usefixtures("nothing_is_run")


def test_a_change_that_touches_nothing_says_with_what_it_was_compared_and_is_green(repo: Repo) -> None:
    head = repo.committed({"README.md": "Better.\n", "two/notes.txt": "x"})
    answer = answered(repo)
    assert (answer.outcomes, answer.notes, exit_code(answer)) == ((), (), 0)
    assert (answer.base, answer.head, answer.course) == (repo.git("rev-parse", "main"), head, "base")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("exercises/two/rubric.py", "alters the course"),
        ("exercises/two/task.md", "alters the course"),
        ("reference/two/submission.py", "alters the course"),
        (".github/workflows/grade.yml", "files that pipelines run by"),
        (".gitlab-ci.yml", "files that pipelines run by"),
        ("action.yml", "files that pipelines run by"),
        (".pre-commit-config.yaml", "files that pipelines run by"),
        ("grader/judge.py", "the grader's own files"),
        ("reports/html.py", "the grader's own files"),
        ("pyproject.toml", "the grader's own files"),
        ("requirements.lock", "the grader's own files"),
        ("setup.sh", "the grader's own files"),
    ],
)
def test_a_change_of_what_grading_depends_on_is_told(repo: Repo, path: str, said: str) -> None:
    repo.committed({path: "x = 1\n"})
    [note] = answered(repo).notes
    assert note.severity == "warning"
    assert said in note.text
    assert path in note.text


def test_a_course_file_that_is_moved_away_is_told_too(repo: Repo) -> None:
    repo.git("mv", "exercises/two/rubric.py", "rubric.txt")
    repo.commit()
    answer = answered(repo)
    assert "exercises/two/rubric.py" in answer.notes[0].text


def test_of_many_course_files_some_are_named(repo: Repo) -> None:
    repo.committed({f"exercises/two/data/{number}.csv": "1" for number in range(30)})
    [note] = answered(repo).notes
    assert "(+20)" in note.text


def test_links_and_submodules_are_told_without_anything_being_run(repo: Repo) -> None:
    (repo.folder / "two").mkdir()
    (repo.folder / "two" / "submission.py").symlink_to("/etc/passwd")
    repo.commit()
    answer = answered(repo)
    [outcome] = answer.outcomes
    assert (outcome.path, outcome.exercise) == ("two/submission.py", "two")
    assert "a link, not a file" in outcome.problem
    assert exit_code(answer) == 2


def test_a_file_elsewhere_that_defines_an_exercises_functions_is_an_error(repo: Repo) -> None:
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "source": RIGHT, "metadata": {}, "outputs": []}],
    }
    repo.committed(
        {
            "homework/my solution.py": RIGHT,
            "mine.ipynb": json.dumps(notebook),
            "exercises/two/mine.py": RIGHT,
            "helper.py": "def scale(x):\n    return x\n",
            "broken.ipynb": "{",
            "package/__init__.py": "",
        }
    )
    answer = answered(repo)
    assert {note.path for note in answer.notes if note.severity == "error"} == {
        "homework/my solution.py",
        "mine.ipynb",
        "exercises/two/mine.py",
    }
    assert [(n.path, "is not valid JSON" in n.text) for n in answer.notes if "cannot be read" in n.text] == [
        ("broken.ipynb", True)
    ]
    assert exit_code(answer) == 2


def test_paths_of_the_answer_are_unicode(repo: Repo) -> None:
    repo.write(b"caf\xe9/submission.py")
    repo.commit()
    [note] = answered(repo).notes
    assert note.path == "caf\ufffd/submission.py"


def test_the_answer_speaks_german(repo: Repo) -> None:
    repo.committed({"README.md": "Better.\n"})
    answer, _ = grade_change(repo.folder, CiOptions("de", Mode.WALLS, base="main"), {})
    assert answer.language == "de"


def test_no_repository_is_refused(tmp_path: Path) -> None:
    answer, _ = grade_change(tmp_path, WISHES, {})
    assert "There is no git repository here" in refused(answer)


def test_no_git_is_refused(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in refused(answered(repo))


def test_no_base_is_refused(repo: Repo) -> None:
    assert "There is no origin/HEAD" in refused(answered(repo, NO_BASE))
    assert "--base (nowhere) is not in this clone" in refused(
        answered(repo, CiOptions("en", Mode.WALLS, base="nowhere"))
    )


def test_a_host_that_does_not_say_the_base_is_refused(repo: Repo) -> None:
    assert "GITHUB_EVENT_PATH" in refused(answered(repo, NO_BASE, GITHUB_ACTIONS="true"))
    assert "CI_COMMIT_BEFORE_SHA" in refused(answered(repo, NO_BASE, GITLAB_CI="true"))


def test_a_named_base_needs_nothing_of_the_host(repo: Repo) -> None:
    repo.committed({"README.md": "Better.\n"})
    assert exit_code(answered(repo, GITHUB_ACTIONS="true")) == 0


def test_a_forks_pull_request_is_answered_by_the_bases_course(repo: Repo, tmp_path: Path) -> None:
    base = repo.git("rev-parse", "main")
    fork = repo.clone(tmp_path / "fork")
    fork.branch("main2", base)
    head = fork.committed(course_files("two", "easy") | {"easy/submission.py": RIGHT})
    repo.git("fetch", "--quiet", str(fork.folder), "main2")
    repo.git("checkout", "--quiet", "--detach", "main")
    repo.merge(head)
    payload = {
        "pull_request": {
            "base": {"sha": base, "repo": {"full_name": "school/course"}},
            "head": {"sha": head, "repo": {"full_name": "student/course", "fork": True}},
        }
    }
    event = tmp_path / "event.json"
    event.write_text(json.dumps(payload))
    answer = answered(repo, NO_BASE, GITHUB_ACTIONS="true", GITHUB_EVENT_PATH=str(event))
    assert (answer.base, answer.course, exit_code(answer)) == (base, "base", 2)
    assert (answer.notes[0].severity, answer.notes[0].path) == ("error", "easy/submission.py")


def test_a_merge_request_is_judged_by_its_target_as_it_is_now(repo: Repo) -> None:
    left = repo.git("rev-parse", "main")
    head = repo.committed({"third.py": RIGHT})
    repo.switch("main")
    tip = repo.committed(course_files("third"))
    repo.git("update-ref", "refs/remotes/origin/main", tip)
    repo.switch("work")
    answer = answered(
        repo,
        NO_BASE,
        GITLAB_CI="true",
        CI_COMMIT_SHA=head,
        CI_MERGE_REQUEST_DIFF_BASE_SHA=left,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
    )
    assert (answer.base, answer.head) == (tip, head)
    assert "other, third, two" in answer.notes[0].text


@pytest.mark.parametrize(
    ("before", "said"), [("0" * 40, "push.before is all zeros"), ("12" * 20, "overwritten by a forced push")]
)
def test_a_push_without_a_commit_before_it_is_refused(repo: Repo, tmp_path: Path, before: str, said: str) -> None:
    head = repo.committed({"README.md": "x"})
    payload = {
        "before": before,
        "after": head,
        "ref": "refs/heads/main",
        "repository": {"default_branch": "main"},
    }
    event = tmp_path / "event.json"
    event.write_text(json.dumps(payload))
    github = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    assert said in refused(answered(repo, NO_BASE, **github))


@pytest.mark.parametrize("path", ["a.py", "digits/.ipynb_checkpoints/x.ipynb", ".gitlab-ci.yml"])
def test_a_repository_without_a_course_is_refused(tmp_path: Path, path: str) -> None:
    repo = Repo(tmp_path / "bare")
    repo.committed({"README.md": "x"})
    repo.branch("work")
    repo.committed({path: "x = 1\n"})
    assert "This repository has no course" in refused(answered(repo))


def test_without_a_course_the_shipped_exercises_count(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "bare")
    repo.committed({"README.md": "x"})
    repo.branch("work")
    repo.committed({"digits.py": "x = 1\n"})
    answer = answered(repo)
    assert answer.course == "shipped"
    assert "lies in no exercise's folder" in answer.notes[0].text
    assert exit_code(answer) == 2


def test_a_course_that_is_only_in_the_change_judges_nothing(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "bare")
    repo.committed({"README.md": "x"})
    repo.branch("work")
    repo.committed({"exercises/two/rubric.py": EASY_RUBRIC, "two/submission.py": RIGHT})
    answer = answered(repo)
    assert answer.course == "shipped"
    assert exit_code(answer) == 2


def test_a_named_course_is_used(repo: Repo, tmp_path: Path) -> None:
    own = with_course(tmp_path / "own", "third")
    repo.committed({"third.py": RIGHT})
    answer = answered(repo, CiOptions("en", Mode.WALLS, base="main", course=own.folder))
    assert answer.course == "folder"
    assert "third" in answer.notes[0].text


@pytest.mark.parametrize("name", [".", "exercises/.."])
def test_a_named_course_that_is_the_changes_own_is_refused(repo: Repo, name: str) -> None:
    repo.committed({"two/submission.py": RIGHT})
    options = CiOptions("en", Mode.WALLS, base="main", course=repo.folder / name)
    assert "is part of the change itself" in refused(answered(repo, options))


def test_a_named_course_in_a_folder_that_git_does_not_know_is_used(repo: Repo, tmp_path: Path) -> None:
    """As a second checkout leaves it."""
    repo.committed({"README.md": "x", ".gitignore": "course\n"})
    with_course(repo.folder / "course", "third")
    answer = answered(repo, CiOptions("en", Mode.WALLS, base="main", course=repo.folder / "course"))
    assert (answer.course, exit_code(answer)) == ("folder", 0)


def test_a_named_course_without_exercises_is_refused(repo: Repo, tmp_path: Path) -> None:
    repo.committed({"two/submission.py": RIGHT})
    options = CiOptions("en", Mode.WALLS, base="main", course=tmp_path / "nowhere")
    assert "There are no exercises in" in refused(answered(repo, options))


def test_a_grader_that_the_change_altered_does_not_grade_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.committed({"grader/__init__.py": "", "two/submission.py": RIGHT})
    monkeypatch.setattr(courses, "SHIPPED_FOLDER", repo.folder.resolve())
    assert "grader/__init__.py" in refused(answered(repo))


def test_a_grader_in_the_repository_that_the_change_leaves_alone_may_grade(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.switch("main")
    repo.committed({"grader/__init__.py": ""})
    repo.branch("later")
    repo.committed({"README.md": "x"})
    monkeypatch.setattr(courses, "SHIPPED_FOLDER", repo.folder.resolve())
    assert exit_code(answered(repo)) == 0


def test_too_many_submissions_are_refused(repo: Repo) -> None:
    repo.committed({f"two/{number}.py": RIGHT for number in range(101)})
    assert "touches 101 submissions" in refused(answered(repo))


def test_of_too_many_notes_the_errors_stay(repo: Repo) -> None:
    files = {f"a{number}/.ipynb_checkpoints/x.py": RIGHT for number in range(250)}
    repo.committed(files | {"z/mine.py": RIGHT})
    answer = answered(repo)
    assert len(answer.notes) == 201
    assert answer.notes[0].severity == "error"
    assert "51 more" in answer.notes[-1].text
    assert exit_code(answer) == 2


def test_a_clone_without_contents_is_refused(repo: Repo, tmp_path: Path) -> None:
    repo.committed({"two/submission.py": RIGHT, "solution.py": RIGHT})
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = repo.clone(tmp_path / "clone", "--filter=blob:none", "--no-checkout", "--branch", "work")
    options = CiOptions("en", Mode.PLAIN, base="origin/main")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "_start_pool", lambda *_: (None, ""))
        answer, _ = grade_change(clone.folder, options, {})
    assert "lacks some of its contents" in refused(answer)


def test_a_clone_that_lost_the_contents_of_one_file_is_refused(repo: Repo) -> None:
    repo.committed({"mine.py": "x = 1\n"})
    blob = repo.git("rev-parse", "HEAD:mine.py")
    (repo.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert "lacks some of its contents" in refused(answered(repo))
