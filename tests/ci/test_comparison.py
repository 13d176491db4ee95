"""What a change is compared with: in clones as hosts make them, and where that cannot be found out."""

from pathlib import Path

import pytest

from grader.ci.comparison import find_changes, find_comparison
from grader.ci.environment import DEFAULT_BRANCH, ClaimedChange, Host
from grader.ci.git import GitError, Repository
from grader.core.i18n import Translator
from tests.ci.repositories import WRONG_SCALE, Repo, run_git, with_course
from tests.helpers.two_functions import RIGHT

EN = Translator("en")
TOLD_TO_FETCH = {
    Host.GITHUB: "fetch-depth: 0",
    Host.GITLAB: 'GIT_DEPTH: "0"',
    Host.OTHER: "git fetch --unshallow",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A course with a branch `work` that has one submission."""
    repo = with_course(tmp_path / "repo")
    repo.committed({"two/alice.py": RIGHT})
    return repo


def changed(repo: Repo, claim: ClaimedChange) -> set[str]:
    """Return the paths of what a change alters."""
    repository = Repository(repo.folder)
    return {change.path for change in find_changes(repository, find_comparison(repository, claim))}


def refused(repo: Repo, claim: ClaimedChange) -> str:
    """Return why nothing is compared."""
    with pytest.raises(GitError) as caught:
        find_comparison(Repository(repo.folder), claim)
    return EN(caught.value.text)


def merged(repo: Repo) -> tuple[str, str, str]:
    """Check out what GitHub does: its merge of a pull request, on no branch. Return base, head, merge."""
    base, head = repo.git("rev-parse", "main"), repo.head()
    repo.git("checkout", "--quiet", "--detach", "main")
    return base, head, repo.merge(head)


def test_a_branch_is_compared_with_where_it_left_its_base(repo: Repo) -> None:
    repo.switch("main")
    repo.committed({"two/bob.py": RIGHT})
    repo.switch("work")
    assert changed(repo, ClaimedChange("main", "main")) == {"two/alice.py"}


def test_the_rubrics_are_those_of_the_bases_tip_not_of_where_the_branch_left_it(repo: Repo) -> None:
    """Where it left may be a commit within a branch that was merged once, with rubrics that nobody wanted."""
    repo.switch("main")
    tip = repo.committed({"exercises/two/rubric.py": "stricter\n"})
    repo.switch("work")
    comparison = find_comparison(Repository(repo.folder), ClaimedChange("main", "main"))
    assert comparison.course == comparison.base == tip
    assert comparison.parted != (tip,)


def test_a_base_merged_into_the_branch_is_no_change_of_the_branch(repo: Repo) -> None:
    repo.switch("main")
    repo.committed({"two/bob.py": RIGHT})
    repo.switch("work")
    repo.merge("main")
    assert changed(repo, ClaimedChange("main", "main")) == {"two/alice.py"}


def test_after_criss_cross_merges_only_the_branchs_own_changes_count(repo: Repo) -> None:
    repo.switch("main")
    repo.committed({"two/bob.py": RIGHT})
    mains, works = repo.head(), repo.git("rev-parse", "work")
    repo.merge(works)
    repo.switch("work")
    repo.merge(mains)
    repo.committed({"two/carol.py": RIGHT})
    comparison = find_comparison(Repository(repo.folder), ClaimedChange("main", "main"))
    assert set(comparison.parted) == {mains, works}
    assert changed(repo, ClaimedChange("main", "main")) == {"two/carol.py"}


def test_after_criss_cross_merges_what_takes_back_the_bases_change_counts(repo: Repo) -> None:
    """The file is then as it was where the ways parted first, but not as the base has it."""
    repo.switch("main")
    repo.committed({"two/bob.py": RIGHT})
    mains, works = repo.head(), repo.git("rev-parse", "work")
    repo.merge(works)
    repo.switch("work")
    repo.merge(mains)
    (repo.folder / "two" / "bob.py").unlink()
    repo.commit()
    assert changed(repo, ClaimedChange("main", "main")) == {"two/bob.py"}


def test_after_criss_cross_merges_what_the_base_deleted_is_no_change_of_the_branch(repo: Repo) -> None:
    repo.switch("main")
    (repo.folder / "exercises" / "other" / "submission.py").unlink()
    mains, works = repo.commit(), repo.git("rev-parse", "work")
    repo.merge(works)
    repo.switch("work")
    repo.merge(mains)
    repo.committed({"two/carol.py": WRONG_SCALE})
    assert changed(repo, ClaimedChange("main", "main")) == {"two/carol.py"}


def test_githubs_merge_of_a_pull_request_is_compared_with_its_first_parent(repo: Repo) -> None:
    left = repo.git("rev-parse", "main")
    repo.switch("main")
    repo.committed({"two/bob.py": RIGHT})
    repo.switch("work")
    base, head, merge = merged(repo)
    claim = ClaimedChange(left, "pull_request.base.sha", Host.GITHUB, head)
    comparison = find_comparison(Repository(repo.folder), claim)
    assert (comparison.base, comparison.head) == (base, merge)
    assert changed(repo, claim) == {"two/alice.py"}


def test_githubs_merge_needs_a_clone_of_depth_2_and_no_more(repo: Repo, tmp_path: Path) -> None:
    for number in range(3):
        repo.committed({"two/alice.py": f"{RIGHT}# {number}\n"})
    base, head, _ = merged(repo)
    repo.git("branch", "merge")
    claim = ClaimedChange(base, "pull_request.base.sha", Host.GITHUB, head)
    deep_enough = repo.clone(tmp_path / "two", "--depth", "2", "--branch", "merge")
    assert changed(deep_enough, claim) == {"two/alice.py"}
    shallow = repo.clone(tmp_path / "one", "--depth", "1", "--branch", "merge")
    assert "fetch-depth: 0" in refused(shallow, claim)


def test_the_pull_requests_own_last_commit_is_compared_by_merge_base(repo: Repo) -> None:
    base, head = repo.git("rev-parse", "main"), repo.head()
    assert changed(repo, ClaimedChange(base, "pull_request.base.sha", Host.GITHUB, head)) == {"two/alice.py"}


def test_another_commit_than_the_pipelines_is_refused(repo: Repo) -> None:
    """As on pull_request_target, where the base is checked out: nothing would have changed."""
    base, head = repo.git("rev-parse", "main"), repo.head()
    repo.switch("main")
    repo.committed({"README.md": "moved on\n"})
    assert "neither the commit that this pipeline is about" in refused(
        repo, ClaimedChange(base, "x", Host.GITHUB, head)
    )


def test_a_merge_that_is_not_githubs_of_this_pull_request_is_refused(repo: Repo) -> None:
    base, head, _ = merged(repo)
    assert "neither the commit" in refused(repo, ClaimedChange(base, "x", Host.GITLAB, head))
    other_way_round = ClaimedChange(base, "x", Host.GITHUB, base)
    assert "neither the commit" in refused(repo, other_way_round)


@pytest.mark.parametrize("host", Host)
def test_a_shallow_clone_without_the_base_is_refused_with_what_mends_it(
    repo: Repo, tmp_path: Path, host: Host
) -> None:
    base = repo.git("rev-parse", "main")
    repo.committed({"two/bob.py": RIGHT})
    clone = repo.clone(tmp_path / "clone", "--depth", "1", "--branch", "work")
    told = refused(clone, ClaimedChange(base, "the base", host, clone.head()))
    assert "This clone is shallow" in told
    assert TOLD_TO_FETCH[host] in told


def test_a_shallow_clone_with_the_base_but_not_the_way_to_it_is_refused(repo: Repo, tmp_path: Path) -> None:
    repo.committed({"two/bob.py": RIGHT})
    clone = repo.clone(tmp_path / "clone", "--depth", "1", "--no-single-branch", "--branch", "work")
    assert clone.git("rev-parse", "origin/main") == repo.git("rev-parse", "main")
    assert "This clone is shallow" in refused(clone, ClaimedChange("origin/main", "origin/main"))


def test_a_shallow_clone_that_hides_where_the_ways_parted_last_is_refused(repo: Repo, tmp_path: Path) -> None:
    """The cut leaves an older common commit in reach, over a merge, and the wrong one would be taken."""
    root = repo.git("rev-parse", "main")
    repo.git("checkout", "--quiet", "--detach", "main")
    for number in range(4):  # the long way, on which both are
        repo.committed({"README.md": f"{number}\n"})
    last = repo.head()
    for name in ("main", "work"):
        repo.git("checkout", "--quiet", "-B", name, last)
        for number in range(2):
            repo.committed({f"{name}.txt": f"{number}\n"})
        repo.git("checkout", "--quiet", "-B", f"old-{name}", root)
        repo.committed({f"old-{name}.txt": "own\n"})
        repo.switch(name)
        repo.merge(f"old-{name}")
    clone = repo.clone(tmp_path / "clone", "--depth", "3", "--no-single-branch", "--branch", "work")
    assert run_git(clone.folder, "merge-base", "origin/main", "HEAD") == root
    assert "This clone is shallow" in refused(clone, ClaimedChange("origin/main", "origin/main"))


def test_a_shallow_clone_that_reaches_the_base_is_enough(repo: Repo, tmp_path: Path) -> None:
    clone = repo.clone(tmp_path / "clone", "--depth", "2", "--branch", "work")
    assert changed(clone, ClaimedChange(repo.git("rev-parse", "main"), "x")) == {"two/alice.py"}


def test_an_overwritten_commit_is_refused(repo: Repo) -> None:
    told = refused(repo, ClaimedChange("1234567890" * 4, "push.before", Host.GITHUB, repo.head()))
    assert "push.before (" + "1234567890" * 4 + ") is not in this clone" in told
    assert "forced push" in told


@pytest.mark.parametrize("name", ["nowhere", "-n", "--all", "", "a\nb", "main\0", "main:README.md", "HEAD^{tree}"])
def test_a_base_that_is_no_commit_is_refused(repo: Repo, name: str) -> None:
    assert "is not in this clone" in refused(repo, ClaimedChange(name, name))


def test_where_nothing_names_a_base_it_is_the_remotes_default_branch(repo: Repo, tmp_path: Path) -> None:
    repo.switch("main")
    clone = repo.clone(tmp_path / "clone")
    clone.branch("work")
    clone.committed({"two/x.py": RIGHT})
    assert changed(clone, ClaimedChange(DEFAULT_BRANCH, "origin/HEAD")) == {"two/x.py"}
    assert "There is no origin/HEAD" in refused(repo, ClaimedChange(DEFAULT_BRANCH, "origin/HEAD"))


@pytest.mark.parametrize("base", ["HEAD", "work", "later"])
def test_head_that_brings_nothing_is_refused_not_called_unchanged(repo: Repo, base: str) -> None:
    """As on the default branch, where origin/HEAD is HEAD, and after a forced push that only takes back."""
    repo.branch("later")
    repo.committed({"two/bob.py": RIGHT})
    repo.switch("work")
    assert "holds nothing that" in refused(repo, ClaimedChange(base, base))


def test_histories_without_anything_common_are_refused(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "--orphan", "apart")
    repo.commit()
    assert "no common history" in refused(repo, ClaimedChange("main", "main"))


def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    assert "no commit yet" in refused(Repo(tmp_path / "new"), ClaimedChange("main", "main"))


def test_the_rubrics_are_taken_from_the_first_place_that_is_there(repo: Repo) -> None:
    repo.git("update-ref", "refs/remotes/origin/target", "main")
    base = repo.git("rev-parse", "main")
    claim = ClaimedChange(base, "x", Host.GITLAB, repo.head(), ("f" * 40, "refs/remotes/origin/target"))
    repo.switch("main")
    target = repo.committed({"README.md": "moved on\n"})
    repo.git("update-ref", "refs/remotes/origin/target", target)
    repo.switch("work")
    comparison = find_comparison(Repository(repo.folder), claim)
    assert (comparison.base, comparison.course) == (base, target)


def test_a_change_that_takes_itself_back_changes_nothing(repo: Repo) -> None:
    repo.git("revert", "--no-edit", "HEAD")
    assert changed(repo, ClaimedChange("main", "main")) == set()


def test_an_own_change_is_seen_though_the_base_changed_the_same_file(repo: Repo) -> None:
    repo.switch("main")
    repo.committed({"two/alice.py": WRONG_SCALE})
    repo.switch("work")
    assert changed(repo, ClaimedChange("main", "main")) == {"two/alice.py"}
