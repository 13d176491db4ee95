"""The pipeline for GitLab, its script run as a runner does: a merge request in a real repository, real walls."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from grader.protocol.change_result import decode, result
from tests.ci.github_runner import plain_variables
from tests.ci.host_repositories import RIGHT, WRONG, commit, course, git
from tests.helpers.paths import ROOT

PIPELINE = yaml.safe_load((ROOT / "docs/ci/gitlab-ci.yml").read_text("utf-8"))
linux = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@dataclass
class Job:
    """What a job did."""

    code: int
    log: str
    project: Path


def merge_request(tmp_path: Path, files: dict[str, str | None]) -> tuple[Path, dict[str, str]]:
    """Make a project with a merge request, check it out as GitLab does, and return what GitLab sets."""
    upstream, project = tmp_path / "upstream", tmp_path / "project"
    base = course(upstream)
    git(upstream, "checkout", "--quiet", "-b", "my-branch")
    head = commit(upstream, files)
    git(upstream, "checkout", "--quiet", "main")
    git(tmp_path, "clone", "--quiet", "--no-checkout", upstream.as_uri(), str(project))
    git(project, "checkout", "--quiet", "--force", "--detach", head)
    return project, {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_COMMIT_SHA": head,
        "CI_COMMIT_BEFORE_SHA": "0" * 40,
        "CI_DEFAULT_BRANCH": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PROJECT_DIR": str(project),
    }


def run(project: Path, variables: dict[str, str], *, kept: bool = True) -> Job:
    """Run a job's scripts. `kept`: the environment of an earlier run is there."""
    if kept:
        (project / ".keras-grader").symlink_to(sys.prefix)
    job = PIPELINE["grade"]
    script = "\n".join(["set -eo pipefail", *job["before_script"], *job["script"]])
    given = plain_variables(**variables, **(PIPELINE["variables"] | job["variables"]))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=project,
        env=given,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=280,
        check=False,
    )
    return Job(done.returncode, done.stdout, project)


@linux
def test_a_merge_request_is_graded_and_leaves_what_gitlab_shows(tmp_path: Path) -> None:
    files: dict[str, str | None] = {"functions/submission.py": RIGHT, "submissions/functions/bob\n::.py": WRONG}
    done = run(*merge_request(tmp_path, files))
    assert done.code == 1, done.log
    out = done.project / PIPELINE["grade"]["artifacts"]["paths"][0]
    answer = decode((out / "answer.json").read_bytes())
    assert [result(outcome, None) for outcome in answer.outcomes] == ["passed", "not_passed"]
    reports = PIPELINE["grade"]["artifacts"]["reports"]
    cases = ET.parse(done.project / reports["junit"]).getroot().iter("testcase")
    assert len(list(cases)) == 6
    problems = json.loads((done.project / reports["codequality"]).read_text("utf-8"))
    assert problems
    for problem in problems:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(problem)
        assert problem["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert problem["location"]["lines"]["begin"] >= 1
    assert len({problem["fingerprint"] for problem in problems}) == len(problems)
    assert "::stop-commands" not in done.log


@pytest.mark.parametrize("name", [".keras-grader/bin/python", "grader-ci/answer.json"])
def test_a_commit_that_brings_our_folders_along_is_refused_before_anything_of_it_runs(
    tmp_path: Path, name: str
) -> None:
    project, variables = merge_request(
        tmp_path, {"functions/submission.py": RIGHT, name: "#!/bin/sh\ntouch owned\n"}
    )
    (project / name).chmod(0o755)
    done = run(project, variables, kept=False)
    assert done.code == 2
    assert "Take them out" in done.log
    assert not list(tmp_path.rglob("owned"))


def test_a_link_in_the_place_of_our_folders_is_refused(tmp_path: Path) -> None:
    project, variables = merge_request(tmp_path, {"functions/submission.py": RIGHT})
    (project / "grader-ci").symlink_to("/")
    variables["CI_COMMIT_SHA"] = commit(project, {})
    assert run(project, variables, kept=False).code == 2


def test_a_clone_without_the_base_is_red_and_says_what_to_write(tmp_path: Path) -> None:
    project, variables = merge_request(tmp_path, {"functions/submission.py": RIGHT})
    done = run(project, variables | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "9" * 40})
    assert done.code == 2
    assert "grader ci --base" in " ".join(done.log.split())


def test_the_cache_belongs_to_one_version_of_the_grader_and_of_python() -> None:
    job = PIPELINE["grade"]
    assert "$GRADER_VERSION" in job["cache"]["key"]
    assert job["image"].split(":")[1].split("-")[0] in job["cache"]["key"]
    assert job["cache"]["paths"] == [".keras-grader/"]


def test_the_job_that_grades_knows_no_token() -> None:
    assert "TOKEN" not in yaml.safe_dump(PIPELINE["grade"]) + yaml.safe_dump(PIPELINE["variables"])


def test_the_job_that_has_a_token_has_no_file_of_the_merge_request_and_no_cache() -> None:
    job = PIPELINE["note"]
    assert job["variables"]["GIT_STRATEGY"] == "empty"
    assert job["environment"] == {"name": "grader-note", "action": "access"}
    assert "cache" not in job


@pytest.mark.parametrize("job", ["grade", "note"])
def test_every_script_is_one_that_the_shell_can_read(job: str) -> None:
    for line in (*PIPELINE[job]["before_script"], *PIPELINE[job]["script"]):
        subprocess.run(["sh", "-n", "-c", line], check=True, timeout=10)
        assert all(" -I" in each for each in re.findall(r"python .*", line))
