"""The processes that grade a class are chosen by the options, and refused where isolation features are missing."""

from pathlib import Path

import pytest

from grader.commands.choose_pool import GradingOptions
from grader.core.course import Course
from grader.core.i18n import Translator
from grader.grading.isolation import MissingIsolationError, require_isolation
from grader.protocol.verdict import WallState

COURSE = Course(Path("nowhere"))
SECCOMP = WallState(id="seccomp", stands=True)


class Pool:
    """A pool with given isolation features, and nothing else."""

    def __init__(self, *features: WallState) -> None:
        self.features = features

    def walls(self) -> tuple[WallState, ...]:
        return self.features


def options(cluster: str | None = None, *, despite: bool = False) -> GradingOptions:
    return GradingOptions(COURSE, 2, cluster, despite)


@pytest.mark.parametrize("features", [(), (SECCOMP,)], ids=["plain mode", "all there"])
def test_nothing_is_said_where_no_isolation_feature_is_missing(features: tuple[WallState, ...]) -> None:
    require_isolation(Pool(*features))  # type: ignore[arg-type]
    options().require_isolation(Pool(*features))  # type: ignore[arg-type]


def test_missing_isolation_features_are_named_and_refused_unless_allowed() -> None:
    pool = Pool(SECCOMP, WallState(id="landlock", stands=False), WallState(id="pid_namespace", stands=False))
    with pytest.raises(MissingIsolationError) as caught:
        options().require_isolation(pool)  # type: ignore[arg-type]
    sentence = Translator("en")(caught.value.text)
    assert "missing on this machine: landlock, pid_namespace." in sentence
    assert "--despite-missing-walls" in sentence
    options(despite=True).require_isolation(pool)  # type: ignore[arg-type]
