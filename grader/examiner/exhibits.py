"""Collect what a report shows besides the verdict: curves, scores, mistakes, the network, figures.

Much of it is what a submission claims, which may be anything: 40,000 layers, 20,000 curves, names of a megabyte.
Each part therefore has a limit, and a report says how much is left out.
"""

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Translator, _
from grader.core.sanitize import clip
from grader.evidence.case import Case
from grader.evidence.failures import function_name
from grader.evidence.judgement import PreconditionFailedError
from grader.evidence.network import TrainedNetwork, read_network
from grader.evidence.scores import compute_score, metric_name, predict_classes
from grader.evidence.values import numbers
from grader.protocol.evidence import Entries, FigureValue, LayerFacts, ModelFacts, Returned
from grader.protocol.verdict import (
    Confusion,
    Curve,
    Exhibits,
    Figure,
    LeftOut,
    Mistake,
    Network,
    NetworkLayer,
    Score,
)
from grader.rubric.data.dataset import Data

MAX_MISTAKES = 8
MAX_EPOCHS = 300  # of one series
MAX_SERIES = 20  # of one training: loss and nine metrics, each with its validation
MAX_EXPERIMENTS = 30
MAX_LAYERS = 200
MAX_NAME = 100  # characters of the name of a layer, a metric, an experiment
MAX_PICTURE_BYTES = 1 << 20

# Where there are more than `MAX_SERIES`, these are shown before all others.
_FIRST_SERIES = ("loss", "val_loss", "accuracy", "val_accuracy")


def make_exhibits(case: Case, data: Data, translate: Translator) -> Exhibits:
    """Return what there is to show; parts are empty where the run did not get that far."""
    networks = [read_network(case, training, seed) for training in case.trainings for seed in case.seeds]
    first = networks[0] if networks else None
    model = (first.after or first.before) if first else None
    outputs = _class_outputs(first, data) if first else None
    with_curves = [network for network in networks if network.curves]
    curves = tuple(_curve(_training_name(network, translate), network.curves) for network in with_curves)
    experiments = list(_experiments(case))
    figures = list(_figures(case))
    lengths = [len(v) for n in networks for v in n.curves.values()] + [len(v) for _name, v in experiments]
    left_out = LeftOut(
        series=sum(len(n.curves) - len(c.series) for n, c in zip(with_curves, curves, strict=True)),
        epochs=max(0, max(lengths, default=0) - MAX_EPOCHS),
        experiments=max(0, len(experiments) - MAX_EXPERIMENTS),
        layers=max(0, len(model.facts.layers) - MAX_LAYERS) if model is not None else 0,
        figures=sum(figure is None for figure in figures),
    )
    return Exhibits(
        scores=tuple(_scores(networks, case)),
        curves=curves,
        experiments=tuple(_curve(name, {"val_accuracy": v}) for name, v in experiments[:MAX_EXPERIMENTS]),
        confusion=_confusion(outputs, data, first) if first and outputs is not None else None,
        mistakes=_mistakes(outputs, data) if outputs is not None else (),
        network=_network(model.facts, translate) if model is not None else None,
        figures=tuple(figure for figure in figures if figure is not None),
        left_out=left_out,
    )


def _training_name(network: TrainedNetwork, translate: Translator) -> str:
    seed = translate(_("seed {seed}", seed=network.seed))
    return f"{network.training.name}, {seed}" if network.training.name else seed


def _class_outputs(network: TrainedNetwork, data: Data) -> Array | None:
    """Return the outputs on the held-out rows, shape (rows, classes); None where there is nothing to count.

    One output for two classes becomes two: those of no and of yes.
    """
    model = network.after
    outputs = model.outputs.get("x_test") if model is not None else None
    if model is None or outputs is None or outputs.ndim != 2 or not outputs.size or not np.isfinite(outputs).all():
        return None
    truth = data.outside[network.training.array("y_test")]
    if len(outputs) != len(truth):
        return None
    if outputs.shape[1] == 1 and len(data.class_names) == 2:
        yes = predict_classes(outputs, truth, model)
        return np.stack([1 - yes, yes], axis=1)
    return outputs


def _scores(networks: Sequence[TrainedNetwork], case: Case) -> Iterator[Score]:
    for network in networks:
        held_out = compute_score(network.after, case, network.training)
        noisy = compute_score(network.after, case, network.training, "x_perturbed")
        if held_out is not None and noisy is not None:
            yield Score(
                network=network.training.name,
                seed=network.seed,
                metric=metric_name(case.task),
                held_out=round(held_out, 4),
                perturbed=round(noisy, 4),
            )


def _curve(name: str, curves: Mapping[str, Sequence[float]]) -> Curve:
    """Return the series of a training as far as they are shown, those that matter most first."""
    keys = dict.fromkeys(key for key in _FIRST_SERIES if key in curves)
    keys |= dict.fromkeys(islice((key for key in curves if key not in keys), MAX_SERIES - len(keys)))
    shown = {key: values for key, values in curves.items() if key in keys}  # in the order of the history
    series = {
        clip(key, MAX_NAME): tuple(round(v, 5) if math.isfinite(v) else None for v in values[:MAX_EPOCHS])
        for key, values in shown.items()
    }
    return Curve(name=clip(name, MAX_NAME), series=series)


def _experiments(case: Case) -> Iterator[tuple[str, list[float]]]:
    """Yield name and validation accuracies of each experiment that a function of the submission returned."""
    for step, seen in case.steps.items():
        outcome = seen.evidence.outcome
        if (
            not step.endswith("@experiment")
            or not isinstance(outcome, Returned)
            or not isinstance(outcome.value, Entries)
        ):
            continue
        for name, value in outcome.value.entries:
            try:
                curve = numbers(value, seen.arrays, step)
            except PreconditionFailedError:  # no table of numbers: the check of this function says so
                continue
            if curve.dtype.kind in "biuf" and curve.ndim == 1 and curve.size > 1:
                yield name, [float(v) for v in curve]


def _confusion(outputs: Array, data: Data, network: TrainedNetwork) -> Confusion | None:
    names = data.class_names
    if len(names) != outputs.shape[1]:
        return None
    counts = np.zeros((len(names), len(names)), dtype=int)
    truth = data.outside[network.training.array("y_test")]
    np.add.at(counts, (truth, outputs.argmax(axis=1)), 1)
    return Confusion(labels=names, counts=tuple(tuple(int(n) for n in row) for row in counts))


def _mistakes(outputs: Array, data: Data) -> tuple[Mistake, ...]:
    """Return the rows that the network was most sure of and got wrong."""
    if data.picture is None or len(data.class_names) != outputs.shape[1]:
        return ()
    truth, predicted = data.outside["y_test"], outputs.argmax(axis=1)
    wrong = np.flatnonzero(truth != predicted)
    margin = outputs[wrong, predicted[wrong]] - outputs[wrong, truth[wrong]]
    worst = wrong[np.argsort(-margin, kind="stable")][:MAX_MISTAKES]
    return tuple(
        Mistake(
            image=tuple(
                tuple(round(float(v), 3) for v in line)
                for line in data.outside["x_test"][row].reshape(data.picture)
            ),
            true=data.class_names[truth[row]],
            predicted=data.class_names[predicted[row]],
            labels=data.class_names,
            probabilities=tuple(round(float(p), 4) for p in outputs[row]),
        )
        for row in worst
    )


def _network(facts: ModelFacts, translate: Translator) -> Network:
    compiled = facts.compiled
    loss = ""
    if compiled is not None:
        loss = f"{compiled.loss} (from_logits=True)" if compiled.from_logits else compiled.loss
    optimizer = clip(compiled.optimizer, MAX_NAME) if compiled is not None else ""
    if compiled is not None and compiled.learning_rate is not None:
        rate = translate(_("learning rate {rate:g}", rate=compiled.learning_rate))
        optimizer = f"{optimizer}, {rate}"
    return Network(
        style=facts.style,
        input_shape=clip(str(facts.graph.input_shape if facts.graph else facts.input_shape or "–"), MAX_NAME),
        layers=tuple(_layer(layer, translate) for layer in facts.layers[:MAX_LAYERS]),
        parameters=facts.parameters,
        trainable_parameters=facts.trainable_parameters,
        loss=clip(loss, MAX_NAME),
        optimizer=optimizer,
        metrics=tuple(clip(m, MAX_NAME) for m in compiled.metrics[:MAX_SERIES]) if compiled is not None else (),
    )


def _layer(layer: LayerFacts, translate: Translator) -> NetworkLayer:
    details = [
        translate(_("{units} units", units=layer.units)) if layer.units is not None else "",
        clip(layer.activation, MAX_NAME) if layer.activation and layer.activation != "linear" else "",
        translate(_("rate {rate:g}", rate=layer.rate)) if layer.rate is not None else "",
        translate(_("{regularizer} on the kernel", regularizer=clip(layer.kernel_regularizer, MAX_NAME)))
        if layer.kernel_regularizer
        else "",
    ]
    return NetworkLayer(
        name=clip(layer.name, MAX_NAME),
        kind=clip(layer.kind, MAX_NAME),
        detail=", ".join(d for d in details if d),
        output_shape=clip(str(layer.output_shape), MAX_NAME) if layer.output_shape else "–",
        parameters=sum(int(np.prod(shape)) for shape in layer.weight_shapes),
        trainable=layer.trainable,
    )


def _figures(case: Case) -> Iterator[Figure | None]:
    """Yield what each plotting function drew; None for a picture that is too large, nothing for what is no PNG."""
    for step, seen in case.steps.items():
        outcome = seen.evidence.outcome
        value = outcome.value if isinstance(outcome, Returned) else None
        if not isinstance(value, FigureValue) or not value.png:
            continue
        png = seen.arrays[value.png]
        if png.dtype != np.uint8 or png[:4].tobytes() != b"\x89PNG":
            continue
        if png.nbytes > MAX_PICTURE_BYTES:
            yield None
            continue
        yield Figure(
            function=function_name(step),
            png=base64.b64encode(png.tobytes()).decode(),
            width=value.width,
            height=value.height,
        )
