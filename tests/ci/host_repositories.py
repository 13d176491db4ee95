"""Git repositories with a course, a fork and a pull request in them, as a host would hand them to a runner."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.helpers.paths import END_TO_END_COURSE

RIGHT = (END_TO_END_COURSE / "reference/functions/submission.py").read_text("utf-8")
WRONG = RIGHT.replace("x / 16", "x / 8")

_QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Alice",
    "GIT_AUTHOR_EMAIL": "alice@example.org",
    "GIT_COMMITTER_NAME": "Alice",
    "GIT_COMMITTER_EMAIL": "alice@example.org",
}


def git(folder: Path, *words: str) -> str:
    """Run git, and return what it says."""
    command = [
        "git",
        "-C",
        str(folder),
        "-c",
        "init.defaultBranch=main",
        "-c",
        "protocol.file.allow=always",
        *words,
    ]
    done = subprocess.run(
        command, env={**os.environ, **_QUIET}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, files: Mapping[str, str | None]) -> str:
    """Write files (None: remove it), and return the hash of the commit."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "work")
    return git(folder, "rev-parse", "HEAD")


def course(folder: Path) -> str:
    """Make a repository with a course of one exercise, and return its first commit."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    rubric = "exercises/functions/rubric.py"
    return commit(folder, {rubric: (END_TO_END_COURSE / rubric).read_text("utf-8"), "README.md": "A course.\n"})


def pull_request(tmp_path: Path, files: Mapping[str, str | None], depth: int = 2) -> tuple[Path, dict[str, Any]]:
    """Make a fork with a change, merge it as GitHub does, and check that out as actions/checkout does.

    Returns the checkout and GitHub's event.
    """
    upstream, fork, checkout = (tmp_path / name for name in ("upstream", "fork", "checkout"))
    base = course(upstream)
    git(tmp_path, "clone", "--quiet", str(upstream), str(fork))
    git(fork, "checkout", "--quiet", "-b", "my-branch")
    head = commit(fork, files)
    base = commit(upstream, {"news.txt": "The course went on meanwhile.\n"})
    git(upstream, "fetch", "--quiet", str(fork), "my-branch")
    git(upstream, "checkout", "--quiet", "--detach")
    git(upstream, "merge", "--quiet", "--no-ff", "--message", "merge", head)
    merge = git(upstream, "rev-parse", "HEAD")
    git(upstream, "update-ref", "refs/pull/7/merge", merge)
    git(upstream, "checkout", "--quiet", "main")
    checkout.mkdir()
    git(checkout, "init", "--quiet")
    git(checkout, "fetch", "--quiet", f"--depth={depth}", upstream.as_uri(), f"+{merge}:refs/remotes/pull/7/merge")
    git(checkout, "checkout", "--quiet", "--force", "refs/remotes/pull/7/merge")
    event = {
        "action": "opened",
        "number": 7,
        "pull_request": {
            "number": 7,
            "title": "::error::title",
            "head": {"sha": head, "ref": "my-branch", "repo": {"full_name": "alice/course", "fork": True}},
            "base": {"sha": base, "ref": "main", "repo": {"full_name": "school/course", "fork": False}},
        },
        "repository": {"full_name": "school/course", "default_branch": "main"},
    }
    return checkout, event


def github_variables(tmp_path: Path, checkout: Path, event: dict[str, Any]) -> dict[str, str]:
    """Return what GitHub sets for a run on a pull request."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event), "utf-8")
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_WORKSPACE": str(checkout),
        "GITHUB_REPOSITORY": "school/course",
        "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": "my-branch",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_SHA": git(checkout, "rev-parse", "HEAD"),
        "GITHUB_SERVER_URL": "https://github.com",
        "RUNNER_OS": "Linux",
        "RUNNER_ARCH": "X64",
    }
