"""A class in numbers, against what was counted by hand."""

import msgspec
import pytest

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Hint, Isolation, Notice, Resources, Status, Verdict, WallState
from reports.classroom.summary import FEWEST, MarkClass, Undecided, build_histogram, measure_usage, summarise
from tests.reports.classroom import samples as made
from tests.reports.classroom.samples import adjustment, criterion, entry, judged

PASSED, PARTIAL, FAILED = Status.PASSED, Status.PARTIAL, Status.FAILED
SKIPPED, NOT_GRADED = Status.SKIPPED, Status.NOT_GRADED


def with_points(student: str, first: float, second: float) -> GradebookEntry:
    """Return a student with so many of 10 points for each of two criteria."""
    of = {10.0: PASSED, 0.0: FAILED}
    return entry(
        student,
        judged(
            criterion("a", of.get(first, PARTIAL), first),
            criterion("b", of.get(second, PARTIAL), second),
        ),
    )


def open_at(*names: str) -> Verdict:
    """Return a verdict of the criteria a, b and c, of which some could not be graded; the others are right."""
    return judged(
        *(
            criterion(name, NOT_GRADED if name in names else PASSED, 0.0 if name in names else 10.0)
            for name in ("a", "b", "c")
        )
    )


def test_the_marks_of_four() -> None:
    summary = summarise(
        [with_points("1", 10, 10), with_points("2", 10, 0), with_points("3", 4, 0), with_points("4", 10, 3)]
    )
    assert (summary.hand_ins, summary.graded, summary.max_points) == (4, 4, 20)
    assert summary.marks is not None
    assert (summary.marks.median, summary.marks.mean) == (11.5, 11.75)  # of 20, 10, 4 and 13
    assert (summary.marks.lowest, summary.marks.highest) == (4, 20)
    assert summary.statuses[PASSED] == 1
    assert summary.statuses[PARTIAL] == 3
    assert set(summary.statuses) == set(Status)


def test_nobody_is_no_error() -> None:
    summary = summarise([])
    assert (summary.hand_ins, summary.graded, summary.max_points, summary.marks) == (0, 0, 0, None)
    assert not summary.histogram + summary.criteria + summary.misconceptions + summary.undecided
    assert summary.seconds is summary.memory is None


def test_an_adjusted_mark_is_the_one_that_counts() -> None:
    one = msgspec.structs.replace(with_points("1", 10, 0), adjustments=(adjustment("b", 7), adjustment(None, -1)))
    summary = summarise([one])
    assert summary.marks is not None
    assert summary.marks.median == 16
    assert summary.adjusted == (one,)


def test_what_could_not_be_graded_is_in_no_average() -> None:
    summary = summarise([with_points("1", 10, 10), entry("2", open_at("b")), entry("3")])
    assert (summary.hand_ins, summary.graded) == (3, 1)
    assert summary.marks is not None
    assert summary.marks.mean == 20
    assert sum(marks.count for marks in summary.histogram) == 1
    assert summary.statuses[NOT_GRADED] == 2


@pytest.mark.parametrize(
    ("verdict", "decided", "mark"),
    [
        (open_at(), (), 30),
        (open_at("a"), (), None),
        (open_at("a"), ("a",), 25),
        (open_at("a", "b"), ("a",), None),
        (open_at("a", "b"), ("a", "b"), 20),
        (open_at("a"), ("c",), None),
        (open_at("a"), (None,), 25),  # whoever decides about the sum decides about everything
        (None, (), None),
        (None, (None,), 5),
        (None, ("a",), 5),
    ],
)
def test_a_mark_is_final_when_somebody_has_decided_everything(
    verdict: Verdict | None, decided: tuple[str | None, ...], mark: float | None
) -> None:
    adjustments = tuple(adjustment(name, 5.0) for name in decided)
    assert entry("1", verdict, adjustments=adjustments).mark == mark


def test_a_verdict_that_says_not_graded_without_a_criterion_stays_open() -> None:
    verdict = msgspec.structs.replace(open_at(), status=NOT_GRADED)
    assert entry("1", verdict).mark is None
    assert entry("1", verdict, adjustments=(adjustment("a", 3),)).mark is None


def test_a_mark_that_is_no_number_is_no_mark() -> None:
    assert entry("1", open_at(), adjustments=(adjustment(None, float("nan")),)).mark is None


def test_the_open_ones_are_grouped_by_their_reasons_and_the_most_come_first() -> None:
    noted = msgspec.structs.replace(
        open_at(), status=NOT_GRADED, notices=(Notice(id="x", severity="error", text="The grader failed."),)
    )
    silent = msgspec.structs.replace(open_at(), status=NOT_GRADED)
    entries = [
        entry("waits"),
        entry("1", problem="No file."),
        entry("2", open_at("a")),
        entry("3", open_at("a")),
        entry("4", open_at("a", "b"), adjustments=(adjustment("a", 1.0),)),
        entry("5", noted),
        entry("6", silent),
        entry("waits too"),
        entry("also waits"),
    ]
    found = [(group.reasons, [e.student for e in group.entries]) for group in summarise(entries).undecided]
    assert found == [
        (("Message of a.",), ["2", "3"]),
        (("",), ["6"]),
        (("Message of b.",), ["4"]),
        (("No file.",), ["1"]),
        (("The grader failed.",), ["5"]),
        ((), ["waits", "waits too", "also waits"]),
    ]


def test_the_same_reason_at_several_criteria_is_said_once() -> None:
    same = [criterion(name, NOT_GRADED, message="No memory.") for name in ("a", "b")]
    one = entry("1", judged(*same, criterion("c", NOT_GRADED)))
    assert summarise([one]).undecided == (Undecided(reasons=("No memory.", "Message of c."), entries=(one,)),)


def counts(*marks: MarkClass) -> list[tuple[float, float, int]]:
    return [(m.low, m.high, m.count) for m in marks]


def test_each_mark_is_in_one_class_and_the_highest_in_the_last() -> None:
    found = counts(*build_histogram([0, 9.99, 10, 55, 90, 100], 100))
    assert [low for low, _, _ in found] == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]
    assert [count for _, _, count in found] == [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]
    assert found[-1] == (90, 100, 2)


def test_one_and_the_same_mark_is_one_bar_among_all_classes() -> None:
    found = counts(*build_histogram([70, 70, 70], 100))
    assert len(found) == 10
    assert [entry for entry in found if entry[2]] == [(70, 80, 3)]


@pytest.mark.parametrize(
    ("marks", "most", "classes"),
    [
        ([], 100, []),
        ([0.0, 0.0], 0, [(0, 1, 2)]),
        ([102.0], 100, [(low, low + 10, int(low == 100)) for low in range(0, 110, 10)]),
        ([-2.0], 10, [(low, low + 1, int(low == -2)) for low in range(-2, 10)]),
        ([0.3], 1, [(low / 10, (low + 1) / 10, int(low == 3)) for low in range(10)]),
        ([5.0], 14.5, [(low, low + 2, int(low == 4)) for low in range(0, 16, 2)]),
        # 0.14 / 0.02 is a hair more than 7 for a computer.
        ([0.14], 0.14, [(low / 50, (low + 1) / 50, int(low == 6)) for low in range(7)]),
        ([-0.14], 0, [(low / 50, (low + 1) / 50, int(low == -7)) for low in range(-7, 0)]),
        # A person typed one zero too many: the bars become wider, not more.
        ([1000.0, 5.0], 100, [(low, low + 100, int(low in {0, 900})) for low in range(0, 1000, 100)]),
    ],
)
def test_classes_have_round_borders(
    marks: list[float], most: float, classes: list[tuple[float, float, int]]
) -> None:
    assert counts(*build_histogram(marks, most)) == classes


def test_a_mark_beyond_all_measure_ends_no_histogram() -> None:
    assert sum(marks.count for marks in build_histogram([1e308, -1e308, 5.0], 10)) == 3


def test_the_shares_of_a_criterion() -> None:
    entries = [
        entry("1", judged(criterion("a", PASSED, 10), criterion("b", PARTIAL, 5))),
        entry("2", judged(criterion("a", PASSED, 10), criterion("b", FAILED))),
        entry("3", judged(criterion("a", FAILED), criterion("b", SKIPPED))),
        entry("4"),
    ]
    first, second = summarise(entries).criteria
    assert (first.id, first.title, first.judged) == ("a", "Title of a", 3)
    assert {status: count for status, count in first.counts.items() if count} == {PASSED: 2, FAILED: 1}
    assert {status: count for status, count in second.counts.items() if count} == {
        PARTIAL: 1,
        FAILED: 1,
        SKIPPED: 1,
    }
    assert set(first.counts) == set(Status)


def test_halfway_through_a_rescoring_the_rubric_of_most_is_taken_and_no_criterion_is_lost() -> None:
    new = judged(criterion("b", PASSED, 10, title="New"), criterion("a", PASSED, 10))
    old = judged(criterion("a", PASSED, 10), criterion("b", PASSED, 10, title="Old"), criterion("c", FAILED))
    summary = summarise([entry("1", old), entry("2", new), entry("3", new)])
    assert [(c.id, c.title, c.judged) for c in summary.criteria] == [
        ("b", "New", 3),
        ("a", "Title of a", 3),
        ("c", "Title of c", 1),
    ]
    assert summary.max_points == 20
    # As many of each: the larger.
    assert summarise([entry("1", old), entry("2", new)]).max_points == 30
    assert summarise([entry("1", new), entry("2", old)]).max_points == 30


def hinted(student: str, *hints: tuple[str, str, str]) -> GradebookEntry:
    """Return a student with hints: id, criterion, text."""
    names = dict.fromkeys(where for _, where, _ in hints)
    criteria = (
        criterion(
            name,
            FAILED,
            hints=tuple(Hint(id=i, severity="warning", text=text) for i, where, text in hints if where == name),
        )
        for name in names
    )
    return entry(student, judged(*criteria))


def test_misconceptions_are_counted_by_student() -> None:
    entries = [
        hinted("1", ("relu-head", "a", "Two."), ("relu-head", "b", "Again."), ("untrained", "b", "Epoch 3.")),
        hinted("2", ("untrained", "a", "Epoch 1.")),
        hinted("3", ("relu-head", "b", "One."), ("untrained", "b", "Epoch 3.")),
        hinted("4", ("dead-relu", "a", "Dead.")),
        entry("5"),
    ]
    found = summarise(entries).misconceptions
    assert [(m.id, m.severity, m.text) for m in found] == [
        ("untrained", "warning", "Epoch 3."),  # what most of them were told
        ("relu-head", "warning", "One."),  # as often as any other: the first in the alphabet
        ("dead-relu", "warning", "Dead."),
    ]
    assert [[(s.entry.student, s.criterion) for s in m.cases] for m in found] == [
        [("1", "b"), ("2", "a"), ("3", "b")],
        [("1", "a"), ("3", "b")],
        [("4", "a")],
    ]


def test_shared_causes_are_counted_by_hand_in() -> None:
    def lost(student: str, **causes: str) -> GradebookEntry:
        return entry(
            student,
            judged(*(criterion(name, Status.FAILED, same_cause_as=causes.get(name, "")) for name in "abcd")),
        )

    entries = [lost("1", b="a", c="a"), lost("2", d="c"), lost("3", d="c", b="a"), lost("4", d="gone"), entry("5")]
    summary = summarise(entries)
    told = [(c.criterion, c.consequences, [e.student for e in c.entries]) for c in summary.shared_causes]
    assert told == [
        ("a", (("Title of b", 2), ("Title of c", 1)), ["1", "3"]),
        ("c", (("Title of d", 2),), ["2", "3"]),
    ]
    assert [c.consequences for c in summary.criteria] == [0, 2, 1, 3]


def with_seconds(values: list[float]) -> list[GradebookEntry]:
    good = made.sample("good")
    return [
        entry(
            f"{number:02}",
            msgspec.structs.replace(
                good, resources=Resources(wall_seconds=value, cpu_seconds=1.0, peak_mib=2 * value)
            ),
        )
        for number, value in enumerate(values)
    ]


def test_who_takes_far_longer_than_most_stands_out() -> None:
    # The median is 10.5, that of the deviations from it 1.5: the limit is 10.5 + 5 * 1.5.
    summary = summarise(with_seconds([8, 9, 9, 10, 10, 10, 11, 11, 12, 15, 16, 40]))
    found = summary.seconds
    assert found is not None
    assert (found.measured, found.median, found.limit) == (12, 10.5, 18)
    assert [(o.entry.student, o.value, round(o.ratio, 2)) for o in found.outliers] == [("11", 40, 3.81)]
    assert summary.memory is not None
    assert [o.value for o in summary.memory.outliers] == [80]


def test_the_limit_follows_the_spread_where_it_is_wide() -> None:
    found = measure_usage(
        with_seconds([1, 2, 3, 4, 5, 6, 7, 8, 9, 30, 31]), lambda verdict: verdict.resources.wall_seconds
    )
    assert found is not None
    assert (found.median, found.limit) == (6, 21)  # deviations 5 4 3 2 1 0 1 2 3 24 25: their median is 3
    assert [o.value for o in found.outliers] == [31, 30]


def test_where_all_are_alike_a_hair_more_is_no_news() -> None:
    found = measure_usage(with_seconds([10.0] * 11 + [10.1]), lambda verdict: verdict.resources.wall_seconds)
    assert found is not None
    assert (found.limit, found.outliers) == (15, ())


def test_of_a_few_runs_none_is_called_unusual() -> None:
    values = [10.0] * (FEWEST - 2) + [100.0]
    assert summarise(with_seconds(values)).seconds is None
    assert summarise(with_seconds([*values, 10.0])).seconds is not None


def test_what_never_ran_is_not_measured() -> None:
    entries = with_seconds([10.0] * FEWEST + [0.0, float("nan"), float("inf")])
    found = summarise([*entries, entry("x")]).seconds
    assert found is not None
    assert (found.measured, found.median) == (FEWEST, 10)


def test_late_ones_and_uncertified_ones_are_named() -> None:
    good = made.sample("good")
    late = entry("1", good, late=True)
    lying = entry("2", msgspec.structs.replace(good, certified=False))
    no_network = entry("3", msgspec.structs.replace(good, certified=None))
    summary = summarise([late, lying, no_network, entry("4")])
    assert summary.late == (late,)
    assert summary.uncertified == (lying,)


def test_missing_walls_are_grouped_and_plain_runs_are_their_own_group() -> None:
    good = made.sample("good")

    def behind(student: str, *missing: str, mode: str = "walls") -> GradebookEntry:
        walls = tuple(WallState(id=name, stands=False, detail="too old") for name in missing)
        stands = (WallState(id="clock", stands=True),)
        isolation = Isolation(mode=mode, walls=(*stands, *walls) if mode == "walls" else ())  # type: ignore[arg-type]
        return entry(student, msgspec.structs.replace(good, isolation=isolation))

    entries = [
        behind("1", "seccomp", "landlock"),
        behind("2"),
        behind("3", "landlock"),
        behind("4", mode="plain"),
        entry("5"),
    ]
    found = [(w.feature, w.detail, [e.student for e in w.entries]) for w in summarise(entries).missing_features]
    assert found == [("", "", ["4"]), ("landlock", "too old", ["1", "3"]), ("seccomp", "too old", ["1"])]


def test_a_whole_class_is_summed_up() -> None:
    summary = summarise(made.a_class(40))
    assert summary.hand_ins == 40
    assert summary.graded == 40 - sum(len(group.entries) for group in summary.undecided)
    assert summary.late
    assert summary.adjusted
    assert summary.uncertified
    assert summary.missing_features
    assert len(summary.misconceptions) == 3
