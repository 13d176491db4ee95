"""Data that are changed by a secret: other rows, the same task, and as hard as before."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from grader.core.arrays import Array
from grader.core.seal import NO_SEAL, PRACTICE, Seal
from grader.rubric.data import (
    Classes,
    Data,
    Numbers,
    digits,
    flowers,
    friedman,
    housing,
    lines,
    tumours,
    unbalanced,
    wines,
)
from grader.rubric.data.dealing import deal_rows_by_class
from grader.rubric.data.difficulty import BETTER, WORSE, _score_linear_model, draw_as_hard
from grader.rubric.data.dressing import LabelOrder, blend_rows, draw_picture_dressing, dress_columns

SEALS = (Seal(PRACTICE), Seal(b"a" * 32), Seal(b"b" * 32))
TABLES = (digits, wines, flowers, tumours, lines, friedman, housing, unbalanced)


def same(a: Data, b: Data) -> bool:
    return all(
        np.array_equal(side[name], b_side[name])
        for side, b_side in ((a.inside, b.inside), (a.outside, b.outside))
        for name in side
    )


@pytest.mark.parametrize("table", TABLES)
def test_one_secret_gives_the_same_arrays_and_another_one_others(table: Callable[[Seal], Data]) -> None:
    assert same(table(SEALS[1]), table(SEALS[1]))
    assert not same(table(SEALS[1]), table(SEALS[2]))


@pytest.mark.parametrize("table", TABLES)
def test_names_shapes_and_kinds_stay(table: Callable[[Seal], Data]) -> None:
    plain, sealed = table(NO_SEAL), table(SEALS[0])
    for before, after in ((plain.inside, sealed.inside), (plain.outside, sealed.outside)):
        described = [
            {name: (part.dtype, part.shape[1:]) for name, part in side.items()} for side in (before, after)
        ]
        assert described[0] == described[1]
        counts = [
            {name: len(part) for name, part in side.items() if "one" not in name} for side in (before, after)
        ]
        assert counts[0] == counts[1]


@pytest.mark.parametrize("table", [digits, wines, flowers, tumours, friedman, housing, unbalanced])
def test_no_row_is_in_the_public_table(table: Callable[[Seal], Data]) -> None:
    def rows(data: Data) -> set[bytes]:
        parts = (data.inside["x_train"], data.inside["x_val"], data.outside["x_test"])
        return {np.sort(np.round(np.abs(row), 4)).tobytes() for part in parts for row in part}

    for seal in SEALS:
        assert not rows(table(seal)) & rows(table(NO_SEAL))


@pytest.mark.parametrize("table", [digits, wines, flowers, tumours])
@pytest.mark.parametrize("seal", SEALS)
def test_a_network_for_the_public_table_is_worth_nothing(table: Callable[[Seal], Data], seal: Seal) -> None:
    plain, sealed = table(NO_SEAL), table(seal)
    model = LogisticRegression(max_iter=2000).fit(plain.inside["x_train"], plain.inside["y_train"])
    assert model.score(plain.outside["x_test"], plain.outside["y_test"]) > 0.9
    assert model.score(sealed.outside["x_test"], sealed.outside["y_test"]) < 0.85


@pytest.mark.parametrize("table", [digits, wines, flowers, tumours, friedman, housing])
@pytest.mark.parametrize("seal", SEALS)
def test_the_task_stays_as_hard(table: Callable[[Seal], Data], seal: Seal) -> None:
    gain = _score_linear_model(table(seal)) - _score_linear_model(table(NO_SEAL))
    assert -0.1 <= gain <= 0.1
    if table is not friedman:
        assert -WORSE <= gain <= BETTER


@pytest.mark.parametrize("seal", SEALS)
def test_classes_stay_as_frequent_and_ranges_as_wide(seal: Seal) -> None:
    plain, sealed = digits(NO_SEAL), digits(seal)
    own = sealed.order_classes()
    for name in ("y_train", "y_val"):
        before, after = (np.bincount(data.inside[name], minlength=10) for data in (plain, sealed))
        assert np.abs(before - after[own]).max() <= 3
    assert sealed.inside["x_train"].min() >= 0
    assert sealed.inside["x_train"].max() <= 1


def test_reports_show_classes_and_pictures_as_people_know_them() -> None:
    plain, sealed = digits(NO_SEAL), digits(SEALS[0])
    order = sealed.order_classes()
    assert [sealed.class_names[label] for label in order] == list(plain.class_names)
    # The mean picture of each class is nearest to that of the same class.
    means = [plain.inside["x_train"][plain.inside["y_train"] == c].mean(axis=0).reshape(8, 8) for c in range(10)]
    for c in range(10):
        rows = sealed.inside["x_train"][sealed.inside["y_train"] == order[c]]
        drawn = sealed.draw_picture(rows.mean(axis=0))
        assert np.argmin([np.abs(drawn - mean).sum() for mean in means]) == c


@pytest.mark.parametrize("seal", [Seal(bytes([n]) * 32) for n in range(8)])
def test_a_dressed_picture_can_be_turned_back(seal: Seal) -> None:
    picture = np.zeros((8, 8))
    picture[1:3, 1:4] = 1.0  # no symmetry
    dressing = draw_picture_dressing(seal, 8, 8)
    undone = dressing.undo(dressing.apply(picture.reshape(1, 64))[0])
    assert np.corrcoef(undone.ravel(), picture.ravel())[0, 1] > 0.8


def test_pictures_of_different_secrets_are_turned_differently() -> None:
    turns = {(d.turn, d.flip) for n in range(30) for d in [draw_picture_dressing(Seal(bytes([n]) * 32), 8, 8)]}
    assert len(turns) == 8
    assert {draw_picture_dressing(Seal(bytes([n]) * 32), 4, 8).turn for n in range(30)} == {0, 2}


def test_blending_keeps_the_mean_and_the_variance_of_each_class() -> None:
    random = np.random.default_rng(0)
    y = np.repeat([0, 1], 2000)
    x = random.normal(0, 1, (4000, 3)) + 3 * y[:, None]
    side: dict[str, Array] = {"x_train": x.copy(), "y_train": y}
    blend_rows(SEALS[1], side)
    for label in (0, 1):
        before, after = x[y == label], side["x_train"][y == label]
        assert np.allclose(before.mean(axis=0), after.mean(axis=0), atol=0.1)
        assert np.allclose(before.std(axis=0), after.std(axis=0), rtol=0.15)
        assert (before == after).mean() < 0.01  # the largest and smallest of a column, to which others are cut


def test_a_class_of_one_row_can_be_blended() -> None:
    side: dict[str, Array] = {"x_train": np.array([[0.0], [1.0], [2.0]]), "y_train": np.array([0, 0, 1])}
    blend_rows(SEALS[1], side)
    assert np.isfinite(side["x_train"]).all()


def test_columns_are_permuted_and_mirrored_within_their_range() -> None:
    random = np.random.default_rng(0)
    inside: dict[str, Array] = {"x_train": random.uniform(0, 16, (50, 12))}
    outside: dict[str, Array] = {"x_test": inside["x_train"][:5].copy()}
    before = inside["x_train"].copy()
    dress_columns(SEALS[1], inside, outside)
    assert np.array_equal(inside["x_train"][:5], outside["x_test"])
    assert np.allclose(np.sort(before.min(axis=0)), np.sort(inside["x_train"].min(axis=0)))
    assert not np.array_equal(before, inside["x_train"])
    assert (np.sort(before.mean(axis=0)) != np.sort(inside["x_train"].mean(axis=0))).any()


def test_each_part_gets_its_share_of_hard_rows() -> None:
    """The hard rows are those that lie among rows of the other class."""
    random = np.random.default_rng(1)
    y = np.repeat([0, 1], 100)
    x = random.normal(0, 0.3, (200, 2)) + 4 * y[:, None]
    hard = np.r_[0:10, 100:110]
    x[hard] = 4 - x[hard]  # in the midst of the other class
    x[hard, 0] += 1e-6  # to be recognised by
    for number in range(10):
        seal = Seal(bytes([number]) * 32)
        _inside, outside = deal_rows_by_class(x, y, 0.2, 0.25, seal)
        assert 3 <= np.isin(outside["x_test"][:, 0], x[hard, 0]).sum() <= 7
        assert len(outside["x_test"]) == 50
        assert np.bincount(outside["y_test"]).tolist() == [25, 25]


def test_every_row_is_dealt_once() -> None:
    x = np.arange(120.0)[:, None]
    inside, outside = deal_rows_by_class(x, np.arange(120) % 3, 20, 30, SEALS[1])
    dealt = np.concatenate([inside["x_train"], inside["x_val"], outside["x_test"]]).ravel()
    assert np.array_equal(np.sort(dealt), np.arange(120))
    assert (inside["y_train"] == inside["x_train"].ravel() % 3).all()


def test_data_that_are_much_harder_are_drawn_again() -> None:
    drawn: list[Seal] = []

    def build(seal: Seal) -> Data:
        drawn.append(seal)
        hits = 20 if len(drawn) in {1, 4} else 10  # plain, then too hard twice
        x = np.r_[np.zeros(20), np.ones(20)][:, None]
        y = np.repeat([0, 1], 20)
        test = np.r_[x[:hits], 1 - x[: 20 - hits]]
        return Data({"x_train": x, "y_train": y}, {"x_test": test, "y_test": np.zeros(20, dtype=int)})

    data = draw_as_hard(build, SEALS[1])
    assert _score_linear_model(data) == 1.0
    assert len(set(drawn)) == 4
    drawn.clear()
    draw_as_hard(build, NO_SEAL)
    assert drawn == [NO_SEAL]


def test_the_labels_of_two_classes_stay() -> None:
    for seal in SEALS:
        assert tumours(seal).class_names == ("0", "1")
        assert (tumours(seal).inside["y_train"] == 1).mean() > 0.5  # benign is 1, the more frequent
    assert LabelOrder((2, 0, 1)).apply(np.array([0, 1, 2])).tolist() == [1, 2, 0]


def test_made_up_lines_have_no_small_weight_and_are_found_by_least_squares() -> None:
    weights = []
    for seal in (*SEALS, *(Seal(bytes([n]) * 32) for n in range(5))):
        data = lines(seal)
        line = LinearRegression().fit(data.inside["ten_x_train"], data.inside["ten_y_train"])
        assert np.abs([*line.coef_, line.intercept_]).min() > 1.1
        weights.append(line.coef_)
    assert np.ptp(weights, axis=0).min() > 1.0  # signs differ from secret to secret


def test_tables_of_authors_are_sealed_as_well() -> None:
    random = np.random.default_rng(0)
    x, target = random.normal(size=(90, 4)), random.normal(size=90)
    words = np.array(["ant", "bee", "cat"])[np.arange(90) % 3]
    for builder in (Classes(lambda: (x, words)), Numbers(lambda: (x, target))):
        plain, sealed = builder(NO_SEAL), builder(SEALS[1])
        assert not np.array_equal(plain.inside["x_train"], sealed.inside["x_train"])
        assert set(plain.class_names) == set(sealed.class_names)


def test_which_class_is_rare_is_drawn_and_is_not_that_of_the_course_s_example() -> None:
    rare = [int(np.bincount(unbalanced(Seal(bytes([i] * 32))).inside["y_train"]).argmin()) for i in range(12)]
    assert set(rare) == {0, 2}
