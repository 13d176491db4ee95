"""Saving and loading are judged on real files: the network that comes back has to compute the same."""

import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from grader.core.seal import Seal
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import Stopped, StopReason
from grader.protocol.verdict import Status
from grader.rubric.checks import SavesAndLoads, Training
from grader.rubric.data import Data
from tests.helpers import lab
from tests.helpers.cases import judged, text

CHECK = SavesAndLoads(Training(rows="two_"), "save", "load")
# Keras warns where the optimizer of a network was never used, and copies variables in a way that NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore:__array__ implementation:DeprecationWarning"
)


@cache
def rows() -> Data:
    return lab.lines()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def build_model() -> Any:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
    model.compile(loss="mse")
    return model


def train(model: Any, x: Any, y: Any, _x_val: Any, _y_val: Any) -> Any:
    return model.fit(x, y, epochs=1, verbose=0)


def save(model: Any, folder: str) -> None:
    Path(folder, "model.json").write_text(model.to_json())
    model.save_weights(Path(folder, "model.weights.h5"))


def load(folder: str) -> Any:
    model = keras.models.model_from_json(Path(folder, "model.json").read_text())
    model.load_weights(Path(folder, "model.weights.h5"))
    return model


OWN: Mapping[str, Any] = {"build_model": build_model, "train": train}


def judge(**functions: Any) -> Judgement:
    return judged(CHECK, lab.run(CHECK, rows(), {**OWN, "save": save, "load": load, **functions}))


def test_a_network_that_comes_back_passes() -> None:
    judgement = judge()
    assert judgement.status is Status.PASSED
    assert text(judgement.message).endswith("3 tried.")


def test_other_files_than_those_of_keras_pass() -> None:
    def save_lists(model: Any, folder: str) -> None:
        Path(folder, "a.json").write_text(json.dumps(json.loads(model.to_json())))
        Path(folder, "w.json").write_text(json.dumps([weight.tolist() for weight in model.get_weights()]))

    def load_lists(folder: str) -> Any:
        model = keras.models.model_from_json(Path(folder, "a.json").read_text())
        model.set_weights([np.array(weight) for weight in json.loads(Path(folder, "w.json").read_text())])
        return model

    assert judge(save=save_lists, load=load_lists).status is Status.PASSED


def test_a_load_that_makes_another_network_of_an_empty_json_reads_it() -> None:
    assert judge(load=load_json_else_weights).status is Status.PASSED


@pytest.mark.parametrize("step", ["load@files:without-architecture", "model:load@without-architecture"])
def test_where_the_trial_with_an_empty_json_is_lost_there_is_no_mark(step: str) -> None:
    made = lab.run(CHECK, rows(), {**OWN, "save": save_json_and_a_pickle, "load": load_pickle})
    lost = replace(made, steps={name: result for name, result in made.steps.items() if name != step})
    assert judged(CHECK, lost).status is Status.NOT_GRADED
    stopped = replace(lost, stops={step: Stopped(reason=StopReason.GRADER)})
    assert judged(CHECK, stopped).status is Status.NOT_GRADED


def test_a_load_that_does_not_end_with_an_empty_json_reads_it() -> None:
    made = lab.run(CHECK, rows(), {**OWN, "save": save, "load": load})
    gone = ("load@without-architecture", "model:load@without-architecture")
    stopped = replace(
        made,
        steps={name: result for name, result in made.steps.items() if name not in gone},
        stops={name: Stopped(reason=StopReason.TIME) for name in gone},
    )
    assert judged(CHECK, stopped).status is Status.PASSED


def test_without_a_network_of_the_submission_the_grader_s_decide() -> None:
    judgement = judge(build_model=lambda: None)
    assert judgement.status is Status.PASSED
    assert text(judgement.message).endswith("2 tried.")
    assert judge(build_model=lambda: None, load=lambda _folder: None).status is Status.FAILED


def save_elsewhere(model: Any, _folder: str) -> None:
    save(model, ".")


def save_weights_only(model: Any, folder: str) -> None:
    model.save_weights(Path(folder, "model.weights.h5"))


def load_anew(folder: str) -> Any:
    model = build_model()
    model.load_weights(Path(folder, "model.weights.h5"))
    return model


def load_anew_by_list(folder: str) -> Any:
    weights = [np.array(weight) for weight in json.loads(Path(folder, "w.json").read_text())]
    model = build_model()
    model.set_weights(weights)
    return model


def save_as_lists(model: Any, folder: str) -> None:
    Path(folder, "a.json").write_text(model.to_json())
    Path(folder, "w.json").write_text(json.dumps([weight.tolist() for weight in model.get_weights()]))


def load_without_weights(folder: str) -> Any:
    return keras.models.model_from_json(Path(folder, "model.json").read_text())


LAST: dict[str, Any] = {}


def save_and_remember(model: Any, folder: str) -> None:
    LAST["model"] = model
    save(model, folder)


def save_archive(model: Any, folder: str) -> None:
    model.save(Path(folder, "model.keras"))


def load_archive(folder: str) -> Any:
    return keras.models.load_model(Path(folder, "model.keras"))


def save_json_beside(file: str) -> Any:
    def save_both(model: Any, folder: str) -> None:
        Path(folder, "model.json").write_text(model.to_json())
        model.save(Path(folder, file))

    # Keras does not find the losses again that an HDF5 file names.
    return {"save": save_both, "load": lambda folder: keras.models.load_model(Path(folder, file), compile=False)}


def save_json_and_a_pickle(model: Any, folder: str) -> None:
    save(model, folder)
    Path(folder, "model.pickle").write_bytes(pickle.dumps((model.to_json(), model.get_weights())))


def load_pickle(folder: str) -> Any:
    assert Path(folder, "model.json").is_file()
    text, weights = pickle.loads(Path(folder, "model.pickle").read_bytes())
    model = keras.models.model_from_json(text)
    model.set_weights(weights)
    return model


def load_json_else_weights(folder: str) -> Any:
    config = json.loads(Path(folder, "model.json").read_text())
    return load(folder) if config else load_into_linear_layers(folder)


def load_into_linear_layers(folder: str) -> Any:
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(5), keras.layers.Dense(4)])
    model.load_weights(Path(folder, "model.weights.h5"))
    return model


def save_all_in_json(model: Any, folder: str) -> None:
    config = {**json.loads(model.to_json()), "weights": [w.tolist() for w in model.get_weights()]}
    Path(folder, "model.json").write_text(json.dumps(config))


def load_all_from_json(folder: str) -> Any:
    config = json.loads(Path(folder, "model.json").read_text())
    weights = config.pop("weights")
    model = keras.models.model_from_json(json.dumps(config))
    model.set_weights([np.array(weight) for weight in weights])
    return model


@pytest.mark.parametrize(
    ("functions", "share", "words"),
    [
        ({"save": save_elsewhere, "load": lambda _f: load(".")}, 0.0, "wrote nothing into the folder"),
        ({"load": lambda _folder: Path("model.json").read_text()}, 0.0, 'os.path.join(folder, "model.json")'),
        ({"load": lambda _folder: Path("/home/me/model.json").read_text()}, 0.0, "is not here"),
        ({"load": load_without_weights}, 0.0, "computes something else than the saved one"),
        ({"load": lambda folder: load(folder).get_weights()}, 0.0, "has to return a keras model. Received: list"),
        ({"load": lambda _folder: None}, 0.0, "has to return a keras model. Received: None"),
        ({"save": save_archive, "load": load_archive}, 0.5, "its architecture is not in the folder as JSON"),
        ({"save": save_all_in_json, "load": load_all_from_json}, 0.5, "its weights have no file of their own"),
        (save_json_beside("model.keras"), 0.5, "its weights have no file of their own"),
        (save_json_beside("model.h5"), 0.5, "a file of model.save() holds the architecture, too"),
        ({"save": save_json_and_a_pickle, "load": load_pickle}, 0.5, "load() does not need the architecture"),
        ({"save": save_weights_only, "load": load_anew}, 0.1667, "its architecture is not in the folder as JSON"),
        (
            {"save": save_and_remember, "load": lambda _f: LAST["model"]},
            0.3333,
            "another network than the saved one",
        ),
        ({"load": lambda _folder: load("nowhere")}, 0.0, "load() stopped with an error"),
        ({"save": lambda _model: None}, 0.0, "save() stopped with an error"),
    ],
)
def test_what_is_wrong_is_said(functions: Mapping[str, Any], share: float, words: str) -> None:
    judgement = judge(**functions)
    assert judgement.share == share
    assert words in text(judgement.message)


@pytest.mark.parametrize("functions", [{"load": load_anew}, {"save": save_as_lists, "load": load_anew_by_list}])
def test_who_loads_the_weights_of_the_grader_s_network_into_another_one_is_told(
    functions: Mapping[str, Any],
) -> None:
    said = text(judge(**functions).message)
    assert "load() puts the weights of the saved network into one of other sizes" in said


def test_a_network_that_puts_out_no_numbers_comes_back_the_same() -> None:
    def diverge(model: Any, x: Any, y: Any, _x_val: Any, _y_val: Any) -> Any:
        history = train(model, x, y, None, None)
        model.layers[-1].bias.assign([np.nan])
        return history

    assert judge(train=diverge).status is Status.PASSED


def test_a_mistake_with_networks_of_the_grader_s_names_them() -> None:
    def load_own(folder: str) -> Any:
        model = load(folder)
        return model if model.input_shape == (None, 2) else None

    assert text(judge(load=load_own).message).startswith("With a network 6-5-4 of the grader's: load() has to")


def test_a_function_that_is_missing_is_named() -> None:
    made = lab.run(CHECK, rows(), {**OWN, "save": save})
    assert "There is no function load()" in text(judged(CHECK, made).message)


def test_functions_that_are_not_written_yet_are_not_attempted() -> None:
    def stub(*_arguments: Any) -> None:
        raise NotImplementedError

    assert judge(save=stub, load=stub).status is Status.NOT_ATTEMPTED


def test_a_fault_of_the_grader_in_looking_at_the_network_is_no_mark() -> None:
    made = lab.run(CHECK, rows(), {**OWN, "save": save, "load": load})
    step = "model:load@own"
    stopped = replace(
        made,
        steps={name: result for name, result in made.steps.items() if name != step},
        stops={step: Stopped(reason=StopReason.GRADER)},
    )
    assert judged(CHECK, stopped).status is Status.NOT_GRADED


def test_networks_are_drawn_from_the_secret() -> None:
    name = "save:6-5-4:0:kernel"
    first, second = (CHECK.with_seal(Seal(bytes([n]) * 32)).arrays()[name] for n in (1, 2))
    assert not np.array_equal(first, second)


def test_the_functions_are_what_is_judged() -> None:
    assert CHECK.judged_names() == {"save", "load"}
