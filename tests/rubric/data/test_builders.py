"""Tables of authors' own become data that checks can use; what cannot become data is said in a sentence."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.core.i18n import Translator
from grader.core.seal import PRACTICE, Seal
from grader.rubric.data.builders import Classes, Csv, Numbers, TableError
from grader.rubric.data.builtin import lines, tumours, wines
from grader.rubric.data.dataset import Data

say = Translator("en")
ROWS = "a,b,id,kind\n" + "".join(f"{i % 7},{i * i % 11}.5,{i},{'xyz'[i % 3]}\n" for i in range(60))


def table(rows: int = 90, features: int = 3) -> tuple[Any, Any]:
    random = np.random.default_rng(1)
    return random.normal(5.0, 3.0, (rows, features)), np.arange(rows) % 3


def csv(folder: Path, text: str = ROWS, **more: Any) -> Csv:
    (folder / "t.csv").write_text(text, encoding=more.pop("encoding", "utf-8"))
    return Csv(str(folder / "rubric.py"), more.pop("file", "t.csv"), **({"predict": "kind"} | more))


def refused(load: Callable[[], Any]) -> str:
    with pytest.raises(TableError) as error:
        load()
    return say(error.value.text)


def test_classes_are_dealt_out_with_the_same_share_everywhere_and_the_same_way_each_time() -> None:
    data, again = Classes(table)(), Classes(table)()
    sizes = {n: len(a) for n, a in (*data.inside.items(), *data.outside.items()) if n.startswith("x_")}
    assert sizes == {"x_train": 50, "x_val": 18, "x_val_one": 6, "x_test": 22, "x_all": 90}
    for name in data.inside:
        assert np.array_equal(data.inside[name], again.inside[name])
    assert np.bincount(data.inside["y_val"]).tolist() == [6, 6, 6]
    assert not set(map(bytes, data.inside["x_train"])) & set(map(bytes, data.outside["x_test"]))
    assert np.array_equal(data.outside["x_all"], table()[0])


@pytest.mark.parametrize("number", range(20))
def test_recall_is_never_precision_with_the_labels_of_which_many_are_wrong(number: int) -> None:
    inside = wines(Seal(PRACTICE).derive(f"validate {number}")).inside
    right, mixed = (np.bincount(inside[name]) for name in ("y_val", "y_val_mixed"))
    assert mixed[0] < right[0]  # with the best network, which says `right`, these are the two denominators
    assert mixed.sum() == right.sum()
    assert (inside["y_val_mixed"] != inside["y_val"]).mean() > 0.1


def test_standardising_uses_the_training_rows_alone() -> None:
    data = Classes(table)()
    train = data.inside["x_train"]
    assert train.dtype == np.float32
    assert np.allclose(train.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(train.std(axis=0), 1, atol=1e-5)
    assert not np.allclose(data.outside["x_test"].mean(axis=0), 0, atol=1e-3)
    raw = Classes(table, standardise=False)().inside["x_train"]
    assert np.allclose(train, (raw - raw.mean(axis=0)) / raw.std(axis=0), atol=1e-5)


def test_a_column_that_never_changes_stays_finite() -> None:
    data = Classes(lambda: (np.hstack([table()[0], np.full((90, 1), 7.0)]), table()[1]))()
    assert np.isfinite(data.inside["x_train"]).all()
    assert (data.outside["x_test"][:, 3] == 0).all()


def test_words_for_labels_become_integers_and_name_the_classes() -> None:
    words = np.array(["oak", "ash", "elm"])[table()[1]]
    data = Classes(lambda: (table()[0], words))()
    assert data.class_names == ("ash", "elm", "oak")
    assert set(data.inside["y_train"].tolist()) == {0, 1, 2}
    assert data.inside["y_train_one_hot"].shape == (50, 3)
    assert np.array_equal(data.inside["y_train_one_hot"].argmax(axis=1), data.inside["y_train"])
    assert Classes(lambda: (table()[0], words), names=("a", "b", "c"))().class_names == ("a", "b", "c")


def test_the_names_that_a_loader_knows_are_taken() -> None:
    bunch = SimpleNamespace(data=table()[0], target=table()[1], target_names=np.array(["u", "v", "w"]))
    assert Classes(lambda: bunch)().class_names == ("u", "v", "w")
    bunch.target_names = ["target"]
    assert Classes(lambda: bunch)().class_names == ("0", "1", "2")


def test_numbers_are_standardised_as_well_and_come_with_a_probe() -> None:
    data = Numbers(lambda: (table()[0], table()[0] @ [1.0, 2.0, 3.0] + 400), val=10, test=20)()
    assert [len(data.inside[f"y_{part}"]) for part in ("train", "val", "noisy")] == [60, 10, 10]
    assert abs(float(data.inside["y_train"].mean())) < 1e-6
    assert data.outside["y_test"].dtype == np.float32
    assert np.array_equal(data.outside["x_probe"], [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    raw = Numbers(lambda: (table()[0], table()[0][:, 0] + 400), standardise=False)()
    assert float(raw.inside["y_train"].mean()) > 300


def test_integers_to_predict_are_numbers_too() -> None:
    assert Numbers(table)().inside["y_train"].dtype == np.float32


def test_a_file_beside_the_rubric_is_read_without_the_columns_that_are_left_out(tmp_path: Path) -> None:
    x, y = csv(tmp_path, without=("id",))()
    assert x.shape == (60, 2)
    assert x[1].tolist() == [1.0, 1.5]
    assert y[:3].tolist() == ["x", "y", "z"]
    assert Classes(csv(tmp_path, without=("id",)))().class_names == ("x", "y", "z")


def test_a_german_excel_is_read(tmp_path: Path) -> None:
    text = ROWS.replace(",", ";").replace(".", ",")
    x, _ = csv(tmp_path, text, encoding="utf-8-sig", separator=";", decimal=",", without=("id",))()
    assert x[1].tolist() == [1.0, 1.5]


def test_a_folder_that_is_reached_by_a_link_is_as_good(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert csv(tmp_path / "link", without=("id",))()[0].shape == (60, 2)


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "t.csv").write_text(ROWS)
    assert "has to lie in the exercise's folder" in refused(csv(tmp_path / "inner", file="../t.csv"))
    (tmp_path / "inner" / "t.csv").unlink()
    (tmp_path / "inner" / "t.csv").symlink_to(tmp_path / "t.csv")
    assert "has to lie in" in refused(Csv(str(tmp_path / "inner" / "rubric.py"), "t.csv", predict="kind"))


@pytest.mark.parametrize(
    ("changed", "options", "said"),
    [
        (ROWS, {"file": "none.csv"}, "none.csv cannot be read: "),
        ("", {}, "t.csv cannot be read: "),
        (ROWS, {"predict": "price"}, "no column 'price'; it has: a, b, id, kind"),
        (ROWS, {"without": ("c",)}, "no column 'c'"),
        (ROWS.replace("1,1.5,", "1,many,", 1), {}, "column 'b' of t.csv holds empty cells or what is no number"),
        (ROWS.replace("1,1.5,", "1,,", 1), {}, "column 'b' of t.csv holds empty cells"),
        (ROWS.replace(",y\n", ",\n", 1), {}, "column 'kind' of t.csv has empty cells"),
        (ROWS, {"encoding": "utf-16"}, "t.csv cannot be read: "),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, changed: str, options: Any, said: str) -> None:
    assert said in refused(csv(tmp_path, changed, **options))


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (lambda: 3, "a loader has to return (x, y); received int"),
        (lambda: (np.zeros((4, 2)),), "has to return (x, y)"),
        (lambda: (np.zeros(9), np.zeros(9)), "a table of finite numbers expected"),
        (lambda: (np.full((9, 2), np.nan), np.arange(9)), "a table of finite numbers expected"),
        (lambda: (np.zeros((9, 2)), np.arange(8)), "received float64 (9, 2) and int64 (8,)"),
        (lambda: (np.array([["a"]] * 9), np.arange(9)), "a table of finite numbers expected"),
        (lambda: (np.zeros((9, 2)), np.zeros(9, dtype=int)), "labels of at least two classes expected"),
        (lambda: (np.zeros((9, 2)), np.linspace(0, 1, 9)), "labels of at least two classes expected"),
        (lambda: (np.zeros((9, 2)), np.array([0] * 8 + [1])), "the table cannot be dealt out"),
    ],
)
def test_what_is_no_table_with_classes_is_refused(load: Callable[[], Any], said: str) -> None:
    assert said in refused(Classes(load))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            Numbers(lambda: (np.zeros((9, 2)), np.array(["a"] * 9))),
            "numbers to predict expected; received <U1 (9,)",
        ),
        (Numbers(lambda: (np.zeros((9, 2)), np.full(9, np.inf))), "numbers to predict expected"),
        (Numbers(table, val=40, test=49), "too few rows to split: 90, of which 89 are held out"),
        (Numbers(table, val=0.0), "too few rows"),
    ],
)
def test_what_is_no_table_with_numbers_is_refused(numbers: Numbers, said: str) -> None:
    assert said in refused(numbers)


def test_names_have_to_be_as_many_as_classes() -> None:
    assert refused(Classes(table, names=("a", "b"))) == "2 names for 3 classes"


def test_the_courses_own_tables_are_made_the_same_way() -> None:
    data = wines()
    assert data.class_names == ("0", "1", "2")
    assert [len(data.inside[f"x_{part}"]) for part in ("train", "val")] == [90, 34]
    assert data.outside["x_test"].shape == (54, 13)
    made: Data = tumours()
    assert made.outside["one_x_probe"].shape == (1201, 1)
    assert lines().outside["ten_x_probe"].shape == (11, 10)
