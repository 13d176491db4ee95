"""What stops forgeries, and how each of it is taken down in the process that judges."""

import re
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from grader.evidence import copies, fit_weights, replay_rows
from grader.evidence.case import Case
from grader.evidence.constant_answers import LossSize
from grader.evidence.loss_identity import IdentifiedLoss
from grader.evidence.network import Model
from grader.rubric.checks import Calibrates, Coefficients, CountsTrainable, LayerByLayer
from grader.rubric.checks.calibration import reliability_plot
from grader.rubric.checks.cheat_sheet import cell_parser
from grader.rubric.checks.formulas import checks
from grader.rubric.checks.functions import figures, randomness, sampling, splits, standardisation
from grader.rubric.checks.layers import properties
from grader.rubric.checks.layers.tried_layer import TriedLayer
from grader.rubric.checks.networks import (
    base_network,
    binary,
    dropout,
    linear,
    linear_output,
    no_bend,
    output_and_loss,
    returned_history,
    single,
    validation_rows,
)
from grader.rubric.checks.networks.base_use import BaseUse
from grader.rubric.checks.outputs import balance, trunk
from grader.rubric.checks.outputs.trunk_use import TrunkUse

# Nothing in the judgement is taken down of these: the run is made again, on the public data, or in one process.
PUBLIC_DATA, ONE_PROCESS = "the secret", "a process to load in"
TakeDown = Callable[[pytest.MonkeyPatch], None]


def _certify_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(single, "certify", lambda _case: ())


def _believe_shapes(patch: pytest.MonkeyPatch) -> None:
    shape = property(lambda model: model.facts.graph.output_shape if model.facts.graph else ())
    patch.setattr(Model, "output_shape", shape)


def _believe_parameters(patch: pytest.MonkeyPatch) -> None:
    def is_without_bias(model: Model) -> bool:
        assert model.graph is not None
        return model.facts.trainable_parameters <= model.graph.kernels[0][1].size

    patch.setattr(binary, "_without_bias", is_without_bias)


def _believe_names(patch: pytest.MonkeyPatch) -> None:
    believed = IdentifiedLoss("sparse_categorical_crossentropy")
    patch.setattr(output_and_loss, "identify_network_loss", lambda *_: believed)


def _let_answers_differ(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replay_rows, "_agree", lambda *_: True)


def _let_arguments_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(standardisation, "check_unchanged", lambda *_: None)


def _allow_patterns(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(splits, "are_drawn_at_random", lambda *_: True)


def _believe_graphs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(base_network, "measure_base_use", lambda *_: BaseUse((1.0,)))


def _believe_trainings(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(single, "is_better_than_fit", lambda *_: False)
    patch.setattr(single, "is_unexplained", lambda *_: False)


def _allow_no_training(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(single, "knows_untrained", lambda *_: False)


def _believe_probabilities(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Calibrates, "_judge_right", lambda *_: None)
    patch.setattr(Calibrates, "_judge_error", lambda *_: None)


def _allow_many_points(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reliability_plot, "_select_few", lambda marks, _most: [np.concatenate(marks)])


def _read_the_contrary(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cell_parser, "_TURNED_ROUND", re.compile("(?!)"))


def _allow_repetition(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sampling, "is_sample_varied", lambda *_: True)


def _allow_same_weights(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(properties, "FEW_DIFFERENT", 0.0)
    _allow_copies(patch)


def _allow_beginnings(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TriedLayer, "is_free", False)


def _allow_rounding(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(splits, "ROUNDING", 20)


def _allow_equal_distances(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(randomness, "MORE_SETS", 10**10_000)


def _allow_other_spreads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(properties, "SPREAD_SHARE", 0.9)


def _allow_copies(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(properties, "MOST_ALIKE", 2.0)


def _leave_last_table_out(patch: pytest.MonkeyPatch) -> None:
    pairs = standardisation.Standardises.pairs
    patch.setattr(
        standardisation.Standardises,
        "pairs",
        lambda check: {name: pair for name, pair in pairs(check).items() if name != "constant"},
    )


def _allow_old_weights(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LayerByLayer, "_remembers", lambda *_: False)
    patch.setattr(LayerByLayer, "_judge_after_change", lambda *_: None)


def _leave_edges_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checks._Tried, "_edge", lambda *_: None)


def _allow_no_effect(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dropout, "LEAST_EFFECT", 1e-6)


def _look_before_and_after(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(base_network, "judge_base_in_fit", lambda *_: None)


def _believe_any_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CountsTrainable, "_judge_others", lambda *_: None)


def _look_at_built_rates(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dropout, "judge_dropout_in_fit", lambda *_: None)


def _allow_dropped_outputs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dropout, "_drops_output", lambda *_: False)


def _look_at_wide_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(copies, "_share_exact", lambda *_: 0.0)


def _believe_trunks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(trunk, "measure_trunk_use", lambda views, _training: tuple(TrunkUse(1.0) for _view in views))


def _believe_weights(patch: pytest.MonkeyPatch) -> None:
    def read(_check: object, view: Case) -> balance.WeightedLoss:
        return balance.WeightedLoss(view.output, 1.0, LossSize(1.0, 1.0), has_unknown_size=False)

    patch.setattr(balance.BalancedLosses, "_read_loss", read)


def _believe_heads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(single, "find_idle_kernels", lambda *_: ())


def _allow_bends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(linear, "is_bent", lambda *_: False)


def _allow_no_bends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(no_bend, "is_never_bent", lambda *_: False)


def _ask_only_after_training(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Coefficients, "_judge_second", lambda *_: None)


def _believe_last_weights(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(linear_output, "find_frozen_bends", lambda *_: ())


def _believe_histories(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(returned_history, "find_foreign_curve", lambda *_: None)


def _count_each_part(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(validation_rows, "are_enough", lambda part: part > 0)
    patch.setattr(fit_weights, "_LEAST_ROWS", 0.0)


def _validate_on_few(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(validation_rows, "_LEAST_OF_VAL", 0.0)


def _forget_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fit_weights.TrainedRows, "share_before", lambda *_: 0.0)


def _believe_last_loss(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(output_and_loss, "judge_other_loss", lambda *_: None)


def _take_down_styles(name: str) -> TakeDown:
    module, _, attribute = name.rpartition(".")
    return lambda patch: patch.setattr(f"grader.rubric.checks.networks.{module}.{attribute}", lambda *_: None)


def _believe_values(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(figures, "_same_curve", figures._has_values)


TAKE_DOWN: Mapping[str, TakeDown] = {
    PUBLIC_DATA: lambda _patch: None,
    ONE_PROCESS: lambda _patch: None,
    "use of the base": _believe_graphs,
    "use of the trunk": _believe_trunks,
    "sizes of losses": _believe_weights,
    "kernels of one output": _believe_heads,
    "what fit measured": _believe_trainings,
    "certification": _certify_all,
    "a training that changes it": _allow_no_training,
    "shapes of the replay": _believe_shapes,
    "biases of the graph": _believe_parameters,
    "trial of losses": _believe_names,
    "one answer for a row": _let_answers_differ,
    "unchanged arguments": _let_arguments_change,
    "rows drawn at random": _allow_patterns,
    "labels that count": _believe_probabilities,
    "few points": _allow_many_points,
    "the contrary": _read_the_contrary,
    "rows drawn anew": _allow_repetition,
    "each weight drawn": _allow_same_weights,
    "a step below zero": _allow_beginnings,
    "rounding of a share": _allow_rounding,
    "distances that differ": _allow_equal_distances,
    "spread of weights": _allow_other_spreads,
    "units that differ": _allow_copies,
    "another table": _leave_last_table_out,
    "weights of now": _allow_old_weights,
    "numbers on edges": _leave_edges_out,
    "effect of dropout": _allow_no_effect,
    "the base while fit runs": _look_before_and_after,
    "counts of another network": _believe_any_counts,
    "dropout while fit runs": _look_at_built_rates,
    "dropped outputs": _allow_dropped_outputs,
    "copies of narrow rows": _look_at_wide_rows,
    "bends in front of the weights": _allow_bends,
    "hidden layers that bend": _allow_no_bends,
    "an untrained network": _ask_only_after_training,
    "weights that training changes": _believe_last_weights,
    "the history of fit": _believe_histories,
    "losses of all calls": _believe_last_loss,
    "parts of the training": _count_each_part,
    "rows to validate on": _validate_on_few,
    "rows seen before": _forget_rows,
    "models within layers": _take_down_styles("styles._find_holder"),
    "number of parameters": _take_down_styles("same_network.SameLayers._find_other_count"),
    "values of losses": _take_down_styles("same_network.SameCompile._find_other_values"),
    "trained networks": _take_down_styles("same_function.SameFunction._find_what_else_learned"),
    "curves over epochs": _believe_values,
}
