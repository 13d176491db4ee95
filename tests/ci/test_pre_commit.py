"""The hook for students, run by pre-commit itself before a real push."""

import os
import subprocess
import sys
from pathlib import Path

import yaml

from tests.ci.github_runner import plain_variables
from tests.ci.host_repositories import WRONG, commit, course, git
from tests.helpers.paths import ROOT


def with_hook(tmp_path: Path) -> Path:
    """Make a student's clone whose pushes run our hook, with the grader that is installed here."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    # An environment of the hook's own takes minutes and a network: `system` takes what is installed here.
    hook |= {"language": "system", "entry": hook["entry"].replace("grader", f"{sys.executable} -P -m grader", 1)}
    upstream, clone = tmp_path / "upstream.git", tmp_path / "clone"
    course(tmp_path / "course")
    git(tmp_path, "clone", "--quiet", "--bare", str(tmp_path / "course"), str(upstream))
    git(tmp_path, "clone", "--quiet", str(upstream), str(clone))
    config = yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook]}]})
    commit(clone, {".pre-commit-config.yaml": config})
    pre_commit(clone, "install", "--hook-type", "pre-push")
    git(clone, "push", "--quiet", "--no-verify")
    return clone


def environment(clone: Path) -> dict[str, str]:
    """Return an environment in which pre-commit keeps its things beside the clone."""
    return plain_variables(
        PRE_COMMIT_HOME=str(clone.parent / "pre-commit"), GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1"
    )


def pre_commit(clone: Path, *words: str) -> None:
    """Run pre-commit."""
    command = [sys.executable, "-m", "pre_commit", *words]
    subprocess.run(command, cwd=clone, env=environment(clone), capture_output=True, timeout=120, check=True)


def push(clone: Path) -> tuple[int, str]:
    """Push, and return how that went."""
    done = subprocess.run(
        ["git", "push"],
        cwd=clone,
        env=environment(clone),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=280,
        check=False,
    )
    return done.returncode, done.stdout


def test_what_is_wrong_is_told_before_it_is_pushed_and_other_files_are_not_asked_about(tmp_path: Path) -> None:
    clone = with_hook(tmp_path)
    commit(clone, {"notes.txt": "nothing of Python's\n"})
    code, said = push(clone)
    assert code == 0, said
    assert "Skipped" in said
    commit(clone, {"functions/submission.py": WRONG})
    code, said = push(clone)
    assert code == 1, said
    assert "scale" in said
    # Nothing of the answer gets into the next commit, where the hook would be blamed for changing it.
    assert (clone / "grader-ci/answer.json").exists()
    assert "grader-ci" not in git(clone, "status", "--porcelain")
