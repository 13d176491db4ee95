"""Wall time of `grader ci`, from a pull request's start to its summary, against a plain script's.

A repository with this course is made, and a pull request that hands in the reference of an exercise. Against it
stand `python -c "import tensorflow"` and what the submission's own functions take in a plain script, where the
grader's libraries are imported already. They run in turn; printed is the ratio of each pair, and their median.

    python -m tests.benchmarks.ci_against_plain_script [PAIRS [EXERCISE]]
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.protocol.processes import worker_environment
from tests.benchmarks.check_against_plain_script import plain, reference
from tests.helpers.paths import ROOT

SEEDS = (0,)  # what is trained where the first seed leaves no doubt


def git(repository: Path, *arguments: str) -> str:
    """Run git as somebody, and return what it prints."""
    names = ("-c", "user.name=Student", "-c", "user.email=student@uni.example")
    command = ["git", "-C", str(repository), *names, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def pull_request(repository: Path, exercise: str) -> dict[str, str]:
    """Make a course and a pull request in it, and return the environment that GitHub would set."""
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    shutil.copytree(ROOT / "exercises", repository / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "the course")
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "switch", "-qc", "solution")
    (repository / exercise).mkdir()
    shutil.copyfile(reference(exercise), repository / exercise / "submission.py")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "my solution")
    head = git(repository, "rev-parse", "HEAD")
    event = repository.parent / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": base}, "head": {"sha": head}}}), "utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_STEP_SUMMARY": str(repository.parent / "summary.md"),
        "GITHUB_OUTPUT": str(repository.parent / "output"),
    }


def seconds(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> float:
    """Run a command to its end and return how long that took."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def own_run(exercise: str) -> float:
    """Return how long the submission's own functions take, everything imported."""
    script = [sys.executable, "-m", "tests.benchmarks.ci_against_plain_script", "own", exercise]
    environment = os.environ | worker_environment()
    printed = subprocess.run(script, check=True, env=environment, capture_output=True, text=True, cwd=ROOT)
    return float(printed.stdout)


def import_and_run(exercise: str) -> None:
    """Print how long the submission's functions take, without the imports."""
    import keras  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import sklearn.linear_model
    import sklearn.metrics
    import sklearn.model_selection
    import sklearn.preprocessing  # noqa: F401

    import grader.examiner.service  # noqa: F401

    begin = time.perf_counter()
    plain(exercise, SEEDS)
    print(time.perf_counter() - begin)


def main(pairs: int, exercise: str) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as made:
        repository = Path(made) / "repository"
        environment = os.environ | pull_request(repository, exercise)
        grade = [sys.executable, "-m", "grader", "ci", "--out", str(Path(made) / "out")]
        bare = [sys.executable, "-c", "import tensorflow"]
        seconds(grade, environment, repository)
        seconds(bare, environment)
        print(f"{exercise}: first run of each is not counted")
        ratios = []
        for pair in range(pairs):
            graded = seconds(grade, environment, repository)
            imported, run = seconds(bare, environment), own_run(exercise)
            ratios.append(graded / (imported + run))
            print(
                f"pair {pair + 1}: grader ci {graded:.2f} s, import tensorflow {imported:.2f} s, "
                f"the submission's own run {run:.2f} s, ratio {ratios[-1]:.3f}"
            )
        assert (repository.parent / "summary.md").read_text("utf-8").strip(), "no summary was written"
    print(f"{exercise}: median ratio {statistics.median(ratios):.3f} (aim: at most 1.3)")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["own", name]:
            import_and_run(name)
        case arguments:
            main(int(arguments[0]) if arguments else 3, arguments[1] if arguments[1:] else "digits")
