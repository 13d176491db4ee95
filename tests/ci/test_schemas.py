"""What hosts read has the form that they publish, checked by programs that know those forms, without a network."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

FORMS = {
    "action.yml": "vendor.github-actions",
    "comment/action.yml": "vendor.github-actions",
    "docs/ci/github-grade.yml": "vendor.github-workflows",
    "docs/ci/github-comment.yml": "vendor.github-workflows",
    "docs/ci/gitlab-ci.yml": "vendor.gitlab-ci",
}
# Each without something that its form demands, or with something that it does not know.
SPOILT = {
    "action.yml": ("using: composite", "using: something"),
    "comment/action.yml": ("shell: bash", "shel: bash"),
    "docs/ci/github-grade.yml": ("contents: read", "contents: maybe"),
    "docs/ci/github-comment.yml": ("pull-requests: write", "pull-requests: perhaps"),
    "docs/ci/gitlab-ci.yml": ("when: always", "when: perhaps"),
}


def checked(file: Path, form: str) -> subprocess.CompletedProcess[str]:
    """Run check-jsonschema with a schema that it brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", form]
    transform = ["--data-transform", "gitlab-ci"] if form == "vendor.gitlab-ci" else []
    return subprocess.run(
        [*command, *transform, str(file)], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(("name", "form"), FORMS.items())
def test_every_file_for_a_host_has_the_form_that_the_host_publishes(name: str, form: str) -> None:
    done = checked(ROOT / name, form)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("name", "form"), FORMS.items())
def test_a_file_that_has_not_is_found(name: str, form: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text("utf-8")
    old, new = SPOILT[name]
    assert old in text
    spoilt = tmp_path / Path(name).name
    spoilt.write_text(text.replace(old, new), "utf-8")
    assert checked(spoilt, form).returncode == 1


def test_every_file_for_a_host_is_checked() -> None:
    there = {path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("**/action.yml"), *ROOT.glob("docs/ci/*")]}
    assert {name for name in there if not name.startswith(".")} == set(FORMS)


def validated(manifest: Path) -> int:
    """Run pre-commit's own check of a list of hooks."""
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(manifest)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


def test_the_hook_has_the_form_that_pre_commit_wants(tmp_path: Path) -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    assert validated(manifest) == 0
    spoilt = tmp_path / "hooks.yaml"
    spoilt.write_text(manifest.read_text("utf-8").replace("entry:", "entri:"), "utf-8")
    assert validated(spoilt) == 1
