"""Which files decide how a submission is graded, whatever their names try."""

import pytest

from grader.ci.trusted_paths import ROLES_THAT_DECIDE, FileRole, find_role


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/grade.yml",
        ".github/actions/mine/run.sh",
        ".GitHub/workflows/grade.yml",
        ".gitlab-ci.yml",
        ".gitlab-ci-more.yml",
        ".gitlab/ci/grade.yml",
        ".pre-commit-config.yaml",
        ".pre-commit-hooks.yaml",
        "action.yml",
        "comment/action.yaml",
        "grader/grade.py",
        "grader/../grader/x",
        "reports/pull_request.py",
        "pyproject.toml",
        "requirements.lock",
        "uv.lock",
        "requirements.txt",
        "requirements-dev.in",
        "setup.sh",
        "Makefile",
        ".gitmodules",
        ".gitlab-ci\n.yml",
        "./.github/workflows/grade.yml",
    ],
)
def test_a_file_that_says_what_is_run_is_told(path: str) -> None:
    assert find_role(path) in ROLES_THAT_DECIDE


@pytest.mark.parametrize(
    "path",
    [
        "exercises/digits/rubric.py",
        "exercises/digits/task.de.md",
        "exercises/digits/deeper/submission.py",
        "exercises/submission.py",
        "exercises/notebooks.py",
        "Exercises/digits/Rubric.py",
        "reference/digits/submission.py",
        "reference/digits/variants/wrong.py",
    ],
)
def test_a_file_of_the_course_is_told(path: str) -> None:
    assert find_role(path) is FileRole.COURSE


@pytest.mark.parametrize(
    "path",
    [
        "exercises/digits/submission.py",
        "exercises/digits/submission.ipynb",
        "digits/submission.py",
        "submissions/digits/alice.py",
        "submissions/alice/grader/x.py",
        "submissions/alice/pyproject.toml",
        "README.md",
        "my.github/workflows/x.yml",
        "",
        ".",
        "::error::x",
        "a\nb",
        "\udcff.py",
    ],
)
def test_other_files_decide_nothing(path: str) -> None:
    assert find_role(path) is None
