"""What the files for GitHub must never hold, whoever changes them next. Each rule finds what breaks it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.helpers.paths import ROOT

OWN = re.compile(r"OWNER/keras-grader(/comment)?@v1")
PINNED = re.compile(r"actions/[\w-]+(/[\w-]+)*@[0-9a-f]{40}")

GRADE, COMMENT = "docs/ci/github-grade.yml", "docs/ci/github-comment.yml"
ACTIONS = ("action.yml", "comment/action.yml")
ALL = (*ACTIONS, GRADE, COMMENT)
Document = dict[Any, Any]


def steps(document: Document) -> list[dict[str, Any]]:
    """Return all steps of an action or a workflow."""
    if "runs" in document:
        found: list[dict[str, Any]] = document["runs"]["steps"]
        return found
    return [step for job in document["jobs"].values() for step in job["steps"]]


def strings(value: object) -> Iterator[str]:
    """Return every string in a document, keys included."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from strings(key)
            yield from strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from strings(entry)
    else:
        yield str(value)


def writes_no_expression_into_a_script(document: Document) -> bool:
    """What stands in `${{ }}` is put into the text of a script before any shell has quoted it."""
    return not any("${{" in step.get("run", "") for step in steps(document))


def names_what_it_uses_by_hash(document: Document) -> bool:
    """A tag may be moved; the grader's own is a place to fill in."""
    used = [step["uses"] for step in steps(document) if "uses" in step]
    return all(PINNED.fullmatch(each) or OWN.fullmatch(each) for each in used)


def isolates_python(document: Document) -> bool:
    """The folder that a step runs in holds a stranger's files: Python must not look there for modules."""
    starts = [
        line
        for step in steps(document)
        for line in step.get("run", "").splitlines()
        if re.search(r'"\$PYTHON"|bin/python"', line)
    ]
    return all(re.search(r'(python"|PYTHON") (-I\b|"\$\{install\[@\]\}")', line) for line in starts)


def may_only_read(document: Document) -> bool:
    """The run on a stranger's code."""
    jobs = document["jobs"].values()
    return document["permissions"] == {"contents": "read"} and not any("permissions" in job for job in jobs)


def events(document: Document) -> dict[str, Any]:
    """Return what starts a workflow. YAML 1.1 reads the word `on` as true."""
    found: dict[str, Any] = document[True]
    return found


def has_no_secret(document: Document) -> bool:
    """Neither by name nor by the token, and never on an event that would bring some along."""
    text = " ".join(strings(document))
    on = set(events(document))
    return not re.search(r"secrets|github\.token|GITHUB_TOKEN", text) and on == {"pull_request", "push"}


def leaves_no_credentials(document: Document) -> bool:
    """The checkout lies where the grader works."""
    checkouts = [step for step in steps(document) if step.get("uses", "").startswith("actions/checkout@")]
    return bool(checkouts) and all(step["with"]["persist-credentials"] is False for step in checkouts)


def comes_to_an_end(document: Document) -> bool:
    """A run that hangs, and a run that nobody waits for any more."""
    return all("timeout-minutes" in job for job in document["jobs"].values()) and "concurrency" in document


def may_only_comment(document: Document) -> bool:
    """The run that has a token which may write."""
    (job,) = document["jobs"].values()
    return not document["permissions"] and bool(
        job["permissions"] == {"actions": "read", "pull-requests": "write"}
    )


def follows_a_pull_request_only(document: Document) -> bool:
    """What a push leaves behind has no pull request to stand in."""
    (job,) = document["jobs"].values()
    only = "github.event.workflow_run.event == 'pull_request'"
    return set(events(document)) == {"workflow_run"} and bool(job["if"] == only)


def has_no_file_of_the_pull_request(document: Document) -> bool:
    """The run that may write neither checks anything out nor unpacks anything."""
    used = " ".join(step.get("uses", "") for step in steps(document))
    scripts = " ".join(step.get("run", "") for step in steps(document))
    return not re.search(r"checkout|download-artifact|cache", used) and not re.search(
        r"\bgit |unzip|gh run|tar ", scripts
    )


Rule = Callable[[Document], bool]
RULES: list[tuple[str, Rule]] = [
    *[(name, rule) for name in ALL for rule in (writes_no_expression_into_a_script, names_what_it_uses_by_hash)],
    *[(name, isolates_python) for name in ACTIONS],
    (GRADE, may_only_read),
    (GRADE, has_no_secret),
    (GRADE, leaves_no_credentials),
    (GRADE, comes_to_an_end),
    (COMMENT, comes_to_an_end),
    (COMMENT, may_only_comment),
    (COMMENT, follows_a_pull_request_only),
    (COMMENT, has_no_file_of_the_pull_request),
    ("comment/action.yml", has_no_file_of_the_pull_request),
]
# How each rule is broken in a file that keeps it.
BREAKS: list[tuple[Rule, str, str, str]] = [
    (writes_no_expression_into_a_script, "action.yml", 'exit "$CODE"', "exit ${{ inputs.base }}"),
    (names_what_it_uses_by_hash, "action.yml", "5fda3b95a4ea91299a34e894583c3862153e4b97", "v7"),
    (names_what_it_uses_by_hash, GRADE, "OWNER/keras-grader@v1", "SOMEBODY/keras-grader@v1"),
    (isolates_python, "action.yml", 'bin/python" -I -m grader', 'bin/python" -m grader'),
    (isolates_python, "comment/action.yml", '"$PYTHON" -I -m venv', '"$PYTHON" -m venv'),
    (may_only_read, GRADE, "contents: read", "contents: write"),
    (may_only_read, GRADE, "    runs-on:", "    permissions: {packages: write}\n    runs-on:"),
    (has_no_secret, GRADE, "on:\n  pull_request:", "on:\n  pull_request_target:"),
    (has_no_secret, GRADE, "keras-grader@v1", "keras-grader@v1\n        env: {KEY: '${{ secrets.KEY }}'}"),
    (leaves_no_credentials, GRADE, "persist-credentials: false", "persist-credentials: true"),
    (comes_to_an_end, GRADE, "    timeout-minutes: 60\n", ""),
    (comes_to_an_end, COMMENT, "concurrency:", "env:"),
    (may_only_comment, COMMENT, "permissions: {}", "permissions: write-all"),
    (may_only_comment, COMMENT, "actions: read", "contents: write"),
    (follows_a_pull_request_only, COMMENT, "== 'pull_request'", "!= 'schedule'"),
    (follows_a_pull_request_only, COMMENT, "on:\n  workflow_run:", "on:\n  pull_request_target:\n  workflow_run:"),
    (has_no_file_of_the_pull_request, COMMENT, "steps:", "steps:\n      - uses: actions/checkout@v1"),
    (has_no_file_of_the_pull_request, "comment/action.yml", 'exit "$code"', 'unzip answer.zip; exit "$code"'),
]  # fmt: skip


def document_of(name: str) -> Document:
    """Return a file for GitHub."""
    document: Document = yaml.safe_load((ROOT / name).read_text("utf-8"))
    return document


@pytest.mark.parametrize(("name", "rule"), RULES, ids=lambda each: getattr(each, "__name__", each))
def test_the_rule_is_kept(name: str, rule: Rule) -> None:
    assert rule(document_of(name))


@pytest.mark.parametrize(("rule", "name", "old", "new"), BREAKS)
def test_breaking_the_rule_is_found(rule: Rule, name: str, old: str, new: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert old in text
    assert not rule(yaml.safe_load(text.replace(old, new, 1)))


def test_every_rule_has_a_break_that_it_finds() -> None:
    assert {rule for rule, *_ in BREAKS} == {rule for _, rule in RULES}


def test_the_comment_follows_the_workflow_that_grades() -> None:
    followed = events(document_of(COMMENT))["workflow_run"]["workflows"]
    assert followed == [document_of(GRADE)["name"]]


def test_every_pinned_action_says_which_version_it_is() -> None:
    for name in ALL:
        lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if "uses: actions/" in line]
        assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in lines)
