"""Workflows that were copied from an earlier docs/ci: they still comment, and say what to change."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci.comment.results import data
from tests.ci.comment.test_github import event
from tests.ci.comment.test_gitlab import GitLab, gitlab, variables_of_job
from tests.ci.github_runner import plain_variables

__all__ = ["gitlab"]


def run_module(module: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a module as a job of a workflow does."""
    return subprocess.run(
        [sys.executable, "-I", "-m", module],
        cwd=folder,
        env=plain_variables(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_old_name_for_gitlab_comments_and_says_the_new_one_once(tmp_path: Path, gitlab: GitLab) -> None:
    (tmp_path / "grader-ci").mkdir()
    (tmp_path / "grader-ci/answer.json").write_bytes(data())
    done = run_module("grader.ci.gitlab_comment", tmp_path, **variables_of_job(gitlab))
    assert done.returncode == 0, done.stderr
    assert "5 of 5 points" in gitlab.body
    assert done.stderr == (
        "python -m grader.ci.gitlab_comment is now called python -m grader.ci.comment.gitlab: change that in your "
        "workflow.\n"
    )


@pytest.mark.parametrize(("language", "words"), [("en", "is now called"), ("de", "heißt jetzt")])
def test_the_old_name_for_github_does_the_same_in_the_language_of_the_comment(
    tmp_path: Path, language: str, words: str
) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event(conclusion="skipped")), "utf-8")
    done = run_module(
        "grader.ci.github_comment",
        tmp_path,
        GITHUB_EVENT_PATH=str(tmp_path / "event.json"),
        GITHUB_SERVER_URL="https://github.com",
        LANGUAGE_OF_COMMENT=language,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout  # the new one ran, and said that there is nothing to say
    (line,) = done.stderr.splitlines()
    assert words in line
    assert "grader.ci.comment.github" in line
