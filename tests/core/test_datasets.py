"""Which file of a data set is used, and what is said where there is none."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.core import datasets
from grader.core.datasets import DATASETS, FileState, arrange_as_scikit_learn, find_file, read_states, write_state
from grader.rubric.data.california import NOISE, arrange_as_keras, draw_districts
from grader.sandbox import visibility

CALIFORNIA = next(dataset for dataset in DATASETS if dataset.name == "california_housing")
CONTENT = b"the real table"
SMALL = replace(CALIFORNIA, sha256=hashlib.sha256(CONTENT).hexdigest())


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_the_real_file_comes_before_the_stand_in_and_nothing_else_counts(tmp_path: Path) -> None:
    assert find_file(tmp_path / "missing", SMALL).state is FileState.ABSENT
    _write(datasets.partial_file(tmp_path, SMALL), CONTENT[:5])
    assert find_file(tmp_path, SMALL).state is FileState.PARTIAL
    real = _write(datasets.real_file(tmp_path, SMALL), b"a page for signing in")
    assert find_file(tmp_path, SMALL).state is FileState.DAMAGED
    stand_in = _write(datasets.stand_in_file(tmp_path, SMALL), b"made up")
    assert find_file(tmp_path, SMALL) == datasets.FoundFile(FileState.STAND_IN, stand_in)
    real.write_bytes(CONTENT)
    assert find_file(tmp_path, SMALL) == datasets.FoundFile(FileState.REAL, real)


def test_a_file_that_is_a_folder_is_unreadable(tmp_path: Path) -> None:
    datasets.real_file(tmp_path, SMALL).mkdir(parents=True)
    assert find_file(tmp_path, SMALL).state is FileState.UNREADABLE


def test_states_are_read_from_what_a_submission_printed_and_unknown_ones_are_not() -> None:
    line = write_state(CALIFORNIA, FileState.STAND_IN)
    text = f"hello\n{line}\n{line}\ndata set imdb: real\ndata set mnist: huge\ndata set mnist: absent"
    assert read_states(text) == [("california_housing", FileState.STAND_IN), ("mnist", FileState.ABSENT)]


def test_submissions_may_read_the_files_and_not_what_lies_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(datasets.VARIABLE, str(tmp_path))
    _write(datasets.stand_in_file(tmp_path, SMALL), b"made up")
    (tmp_path / "secret").write_text("0")
    readable = visibility.readable_paths()
    assert str(tmp_path / "stand_ins") in readable
    assert str(tmp_path) not in readable


def test_the_made_up_table_is_like_the_real_one_and_its_best_score_is_known() -> None:
    from sklearn.linear_model import LinearRegression

    districts = draw_districts(20_640, np.random.default_rng(0))
    x, y = arrange_as_keras(districts)
    table = arrange_as_scikit_learn(x)
    assert table.shape == (20_640, 8)
    assert np.isfinite(table).all()
    # Of the real table: median income 0.5 to 15, age 1 to 52, latitude 32.54 to 41.95, longitude -124.35 to
    # -114.31, values 0.15 to 5; and the correlation of income and value, 0.69, is the largest.
    low, high = table.min(axis=0), table.max(axis=0)
    assert (low[[0, 1, 6, 7]] >= [0.4999, 1, 32.54, -124.35]).all()
    assert (high[[0, 1, 6, 7]] <= [15.0001, 52, 41.95, -114.31]).all()
    value = y / 100_000
    assert value.min() > 0.14
    assert value.max() < 5.01
    correlations = [abs(np.corrcoef(column, value)[0, 1]) for column in table.T]
    assert int(np.argmax(correlations)) == 0
    # The best R² follows from the noise; a straight line is far from it, mainly because of where districts lie.
    best = 1 - ((value - districts["clean_value"]) ** 2).sum() / ((value - value.mean()) ** 2).sum()
    assert best == pytest.approx(1 - NOISE**2 / 3 / value.var(), abs=0.005)
    assert best == pytest.approx(0.89, abs=0.01)
    assert LinearRegression().fit(table, value).score(table, value) == pytest.approx(0.57, abs=0.03)
