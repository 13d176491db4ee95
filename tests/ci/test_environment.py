"""What hosts say about a change, as their documentation has it; and what is none of that."""

import json
from pathlib import Path

import pytest

from grader.ci.environment import (
    DEFAULT_BRANCH,
    CiEnvironmentError,
    ClaimedChange,
    Host,
    detect_host,
    read_claimed_change,
)
from grader.core.i18n import Translator

A, B, ZERO = "a" * 40, "b" * 40, "0" * 40
EN = Translator("en")


def github(tmp_path: Path, payload: object, event: str = "pull_request") -> dict[str, str]:
    """Return the environment of a run on GitHub."""
    file = tmp_path / "event.json"
    file.write_text(payload if isinstance(payload, str) else json.dumps(payload))
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(file)}


def refused(environment: dict[str, str]) -> str:
    """Return why nothing can be compared."""
    with pytest.raises(CiEnvironmentError) as caught:
        read_claimed_change(environment)
    return EN(caught.value.text)


def test_a_pull_request_is_compared_with_its_base(tmp_path: Path) -> None:
    payload = {"action": "synchronize", "before": B, "pull_request": {"base": {"sha": A}, "head": {"sha": B}}}
    assert read_claimed_change(github(tmp_path, payload)) == ClaimedChange(
        A, "pull_request.base.sha", Host.GITHUB, B
    )


def test_a_forks_pull_request_is_compared_with_the_base_it_is_for(tmp_path: Path) -> None:
    fork = {"full_name": "evil/course", "default_branch": "x\n::set-output name=a::b"}
    payload = {
        "pull_request": {
            "base": {"sha": A, "ref": "main", "repo": {"full_name": "school/course"}},
            "head": {"sha": B, "ref": "main", "label": "evil:$(reboot)", "repo": fork},
        },
        "repository": {"full_name": "school/course", "default_branch": "main"},
    }
    assert read_claimed_change(github(tmp_path, payload)) == ClaimedChange(
        A, "pull_request.base.sha", Host.GITHUB, B
    )


def test_a_push_is_compared_with_what_was_there_before(tmp_path: Path) -> None:
    payload = {"before": A, "after": B, "ref": "refs/heads/work", "repository": {"default_branch": "main"}}
    assert read_claimed_change(github(tmp_path, payload, "push")) == ClaimedChange(
        A, "push.before", Host.GITHUB, B
    )


def test_the_first_push_of_a_branch_is_compared_with_the_default_branch(tmp_path: Path) -> None:
    payload = {"before": ZERO, "after": B, "ref": "refs/heads/work", "repository": {"default_branch": "main"}}
    assert read_claimed_change(github(tmp_path, payload, "push")) == ClaimedChange(
        "refs/remotes/origin/main", "origin/main", Host.GITHUB, B
    )


@pytest.mark.parametrize("repository", [{"default_branch": "main"}, {}])
def test_the_first_push_of_the_default_branch_is_refused_not_compared_with_itself(
    tmp_path: Path, repository: dict[str, str]
) -> None:
    payload = {"before": ZERO, "after": B, "ref": "refs/heads/main", "repository": repository}
    assert "push.before is all zeros" in refused(github(tmp_path, payload, "push"))


def test_other_events_are_compared_with_the_default_branch(tmp_path: Path) -> None:
    payload = {"inputs": {}, "ref": "refs/heads/work"}
    assert read_claimed_change(github(tmp_path, payload, "workflow_dispatch")) == ClaimedChange(
        DEFAULT_BRANCH, "origin/HEAD", Host.GITHUB
    )


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no json",
        "[]",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        {"pull_request": 1},
        {"pull_request": {"base": {"sha": A}}},
        {"pull_request": {"base": {"sha": A}, "head": {"sha": "main"}}},
        {"pull_request": {"base": {"sha": "--upload-pack=x"}, "head": {"sha": B}}},
        {"pull_request": {"base": {"sha": A + "\n"}, "head": {"sha": B}}},
        {"pull_request": {"base": {"sha": None}, "head": {"sha": B}}},
    ],
)
def test_a_payload_in_another_form_is_refused(tmp_path: Path, payload: object) -> None:
    assert "GITHUB_EVENT_PATH" in refused(github(tmp_path, payload))


@pytest.mark.parametrize("payload", [{}, {"before": A}, {"after": A}])
def test_a_push_that_does_not_say_what_was_before_is_refused(tmp_path: Path, payload: dict[str, str]) -> None:
    assert "before, after" in refused(github(tmp_path, payload, "push"))


def test_a_payload_that_is_not_there_is_refused(tmp_path: Path) -> None:
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}
    assert "GITHUB_EVENT_PATH is missing" in refused(environment)
    assert "GITHUB_EVENT_PATH" in refused(environment | {"GITHUB_EVENT_PATH": str(tmp_path / "nowhere")})
    assert "GITHUB_EVENT_PATH" in refused(environment | {"GITHUB_EVENT_PATH": str(tmp_path)})


def test_a_payload_that_is_too_long_is_refused(tmp_path: Path) -> None:
    environment = github(tmp_path, {})
    with Path(environment["GITHUB_EVENT_PATH"]).open("ab") as file:
        file.truncate(50_000_001)
    assert "GITHUB_EVENT_PATH is missing or malformed" in refused(environment)


def gitlab(**variables: str) -> dict[str, str]:
    """Return the environment of a job on GitLab."""
    return {"GITLAB_CI": "true", "CI_COMMIT_SHA": B, "CI_DEFAULT_BRANCH": "main"} | variables


def test_a_merge_request_is_compared_by_its_base_and_judged_by_its_target() -> None:
    environment = gitlab(
        CI_MERGE_REQUEST_DIFF_BASE_SHA=A,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
        CI_MERGE_REQUEST_TARGET_BRANCH_SHA="c" * 40,
        CI_COMMIT_BEFORE_SHA=ZERO,
    )
    found = read_claimed_change(environment)
    assert (found.base, found.host, found.head) == (A, Host.GITLAB, B)
    assert found.rubrics == ("c" * 40, "refs/remotes/origin/main")
    assert read_claimed_change(environment | {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": ""}).rubrics == (
        "refs/remotes/origin/main",
    )


def test_a_push_on_gitlab_is_compared_with_what_was_there_before() -> None:
    environment = gitlab(CI_COMMIT_BEFORE_SHA=A, CI_COMMIT_BRANCH="work")
    assert read_claimed_change(environment) == ClaimedChange(A, "CI_COMMIT_BEFORE_SHA", Host.GITLAB, B)
    first = read_claimed_change(environment | {"CI_COMMIT_BEFORE_SHA": ZERO})
    assert first == ClaimedChange("refs/remotes/origin/main", "origin/main", Host.GITLAB, B)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "CI_COMMIT_BEFORE_SHA"),
        ({"CI_COMMIT_BEFORE_SHA": ZERO, "CI_COMMIT_BRANCH": "main"}, "all zeros"),
        ({"CI_COMMIT_BEFORE_SHA": ZERO, "CI_COMMIT_BRANCH": "x", "CI_DEFAULT_BRANCH": ""}, "all zeros"),
        ({"CI_COMMIT_BEFORE_SHA": "HEAD"}, "CI_COMMIT_BEFORE_SHA"),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "-x"}, "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        ({"CI_COMMIT_SHA": "x", "CI_COMMIT_BEFORE_SHA": A}, "CI_COMMIT_SHA"),
    ],
)
def test_what_gitlab_does_not_say_in_its_form_is_refused(variables: dict[str, str], said: str) -> None:
    assert said in refused(gitlab(**variables))


def test_anywhere_else_the_default_branch_is_compared_with() -> None:
    assert read_claimed_change({}) == ClaimedChange(DEFAULT_BRANCH, "origin/HEAD")


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({"GITHUB_ACTIONS": "true"}, Host.GITHUB),
        ({"GITHUB_ACTIONS": "false"}, Host.OTHER),
        ({"GITLAB_CI": "true"}, Host.GITLAB),
        ({"CI": "true"}, Host.OTHER),
    ],
)
def test_each_host_is_known_by_its_variable(environment: dict[str, str], host: Host) -> None:
    assert detect_host(environment) is host
