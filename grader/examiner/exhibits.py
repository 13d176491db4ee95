"""Collect what a report shows besides the verdict: curves, scores, mistakes, the network, figures.

Much of it is what a submission claims, which may be anything: 40,000 layers, 20,000 curves, names of a megabyte.
Each part therefore has a limit, and a report says how much is left out.
"""

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Translator, _
from grader.core.sanitize import clip
from grader.evidence.case import Case
from grader.evidence.failures import function_name
from grader.evidence.judgement import PreconditionFailedError
from grader.evidence.layer_values import compute_layer_values
from grader.evidence.network import TrainedNetwork, read_network
from grader.evidence.outputs import list_views
from grader.evidence.scores import compute_score, metric_name, predict_classes
from grader.evidence.values import numbers
from grader.examiner.picture_exhibits import draw_weights, list_mistakes
from grader.protocol.evidence import Entries, FigureValue, LayerFacts, ModelFacts, Returned
from grader.protocol.training import Training, name_labels
from grader.protocol.verdict import (
    ClassBalance,
    Confusion,
    Curve,
    Exhibits,
    Figure,
    LayerValues,
    LeftOut,
    Mistake,
    Network,
    NetworkLayer,
    Reliability,
    Score,
    Walkthrough,
)
from grader.rubric.checks.base import NOTHING_MORE, Shows
from grader.rubric.data.dataset import Data
from grader.rubric.model import Criterion

MAX_EPOCHS = 300  # of one series
MAX_SERIES = 20  # of one training: loss and nine metrics, each with its validation
MAX_EXPERIMENTS = 30
MAX_LAYERS = 200
MAX_NAME = 100  # characters of the name of a layer, a metric, an experiment
MAX_PICTURE_BYTES = 3 << 20  # of all figures together
MAX_PICTURE_LENGTH = 4000  # pixels: the encoder makes pictures of 900 by 1800 at most

# Where there are more than `MAX_SERIES`, these are shown before all others.
_FIRST_SERIES = ("loss", "val_loss", "accuracy", "val_accuracy")


def make_exhibits(case: Case, data: Data, translate: Translator, shows: Shows = NOTHING_MORE) -> Exhibits:
    """Return what there is to show; parts are empty where the run did not get that far.

    `shows`: what there is to show of the first network besides.
    """
    views = [(view, training) for training in case.trainings for view in list_views(case, training)]
    of_views = [[read_network(view, training, seed) for seed in case.seeds] for view, training in views]
    networks = [network for of_view in of_views for network in of_view]
    first = networks[0] if networks else None
    model = (first.after or first.before) if first else None
    of_classes = _find_classifier(views)
    outputs = _class_outputs(of_classes, data) if of_classes else None
    with_curves = [network for network in networks if network.curves]
    curves = tuple(
        msgspec.structs.replace(_curve(_training_name(n, translate), n.curves), output=clip(n.output, MAX_NAME))
        for n in with_curves
    )
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
        scores=tuple(
            score
            for (view, _training), of_view in zip(views, of_views, strict=True)
            for score in _scores(of_view, view)
        ),
        curves=curves,
        experiments=tuple(
            _curve(name, {"val_accuracy": [float(v) for v in curve[:MAX_EPOCHS]]})
            for name, curve in experiments[:MAX_EXPERIMENTS]
        ),
        confusion=_confusion(outputs, data, of_classes) if of_classes and outputs is not None else None,
        mistakes=_list_rows(outputs, data, of_classes),
        narrow_rows=_list_rows(outputs, data, of_classes, right=True) if shows.narrow_rows else (),
        weights=draw_weights(model) if model is not None and shows.weights else (),
        network=_network(model.facts, _name_losses(of_views), translate) if model is not None else None,
        figures=tuple(figure for figure in figures if figure is not None),
        left_out=left_out,
        walkthrough=_walk_through(case, data, first) if first and shows.layer_values else None,
    )


def _walk_through(case: Case, data: Data, network: TrainedNetwork) -> Walkthrough | None:
    """Return what each layer of the trained network gives for the first validation row that it gets right."""
    training, model = network.training, network.after
    outputs = model.outputs.get("x_val") if model is not None else None
    if model is None or outputs is None or outputs.ndim != 2 or outputs.shape[1] != len(data.class_names):
        return None
    if network.output:
        return None  # it shows a chain of layers, from the input to the only output
    rows, truth = case.inside[training.array("x_val")], case.inside[training.array("y_val")]
    if len(outputs) != len(rows) or not np.isfinite(outputs).all():
        return None
    row = int(np.argmax(outputs.argmax(axis=1) == truth))
    values = compute_layer_values(case, training.trained(network.seed), model, rows[row], outputs[row])
    if not values:
        return None
    return Walkthrough(
        layers=tuple(
            LayerValues(layer=name, values=tuple(round(float(number), 3) for number in numbers))
            for name, numbers in values
        ),
        labels=data.class_names,
        true=data.class_names[int(truth[row])],
    )


def add_exhibits_of_checks(
    exhibits: Exhibits, case: Case, criteria: Sequence[Criterion], translate: Translator
) -> Exhibits:
    """Return the exhibits together with what the checks of criteria show of what they have seen."""
    all_exhibits = [exhibit for criterion in criteria for exhibit in criterion.check.exhibit(case, translate)]
    return msgspec.structs.replace(
        exhibits,
        balances=tuple(exhibit for exhibit in all_exhibits if isinstance(exhibit, ClassBalance)),
        reliabilities=tuple(exhibit for exhibit in all_exhibits if isinstance(exhibit, Reliability)),
    )


def _training_name(network: TrainedNetwork, translate: Translator) -> str:
    seed = translate(_("seed {seed}", seed=network.seed))
    return ", ".join(part for part in (network.training.name, network.output, seed) if part)


def _find_classifier(views: Sequence[tuple[Case, Training]]) -> TrainedNetwork | None:
    """Return the network whose mistakes are shown: the first one, or its first output for classes."""
    of_first = [(view, training) for view, training in views if training == views[0][1]]
    chosen = next((one for one in of_first if not one[0].output or one[0].task.kind == "classification"), None)
    return read_network(*chosen, chosen[0].seeds[0]) if chosen is not None else None


def _class_outputs(network: TrainedNetwork, data: Data) -> Array | None:
    """Return the outputs on the held-out rows, shape (rows, classes); None where there is nothing to count.

    One output for two classes becomes two: those of no and of yes.
    """
    model = network.after
    outputs = model.outputs.get("x_test") if model is not None else None
    if model is None or outputs is None or outputs.ndim != 2 or not outputs.size or not np.isfinite(outputs).all():
        return None
    truth = data.outside[_name_truth(network)]
    if len(outputs) != len(truth):
        return None
    if outputs.shape[1] == 1 and len(data.class_names) == 2:
        yes = predict_classes(outputs, truth, model)
        return np.stack([1 - yes, yes], axis=1)
    return outputs


def _name_truth(network: TrainedNetwork) -> str:
    """Return the name of the labels of the held-out rows."""
    return network.training.array(name_labels("y_test", network.output) if network.output else "y_test")


def _scores(networks: Sequence[TrainedNetwork], case: Case) -> Iterator[Score]:
    for network in networks:
        held_out = compute_score(network.after, case, network.training)
        noisy = compute_score(network.after, case, network.training, "x_perturbed")
        if held_out is not None and noisy is not None:
            yield Score(
                network=", ".join(part for part in (network.training.name, network.output) if part),
                seed=network.seed,
                metric=metric_name(case.task),
                held_out=round(held_out, 4),
                perturbed=round(noisy, 4),
            )


def _curve(name: str, curves: Mapping[str, Sequence[float]]) -> Curve:
    """Return the series of a training as far as they are shown, those that matter most first."""
    keys = dict.fromkeys(key for key in _FIRST_SERIES if key in curves)
    keys |= dict.fromkeys(islice((key for key in curves if key not in keys), MAX_SERIES - len(keys)))
    chosen = {key: values for key, values in curves.items() if key in keys}  # in the order of the history
    series = {
        clip(key, MAX_NAME): tuple(round(v, 5) if math.isfinite(v) else None for v in values[:MAX_EPOCHS])
        for key, values in chosen.items()
    }
    return Curve(name=clip(name, MAX_NAME), series=series)


def _experiments(case: Case) -> Iterator[tuple[str, Array]]:
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
                yield name, curve


def _confusion(outputs: Array, data: Data, network: TrainedNetwork) -> Confusion | None:
    order = data.order_classes()
    if len(order) != outputs.shape[1]:
        return None
    counts = np.zeros((len(order), len(order)), dtype=int)
    truth = data.outside[_name_truth(network)]
    np.add.at(counts, (truth, outputs.argmax(axis=1)), 1)
    counts = counts[np.ix_(order, order)]
    return Confusion(
        labels=tuple(data.class_names[label] for label in order),
        counts=tuple(tuple(int(n) for n in row) for row in counts),
    )


def _list_rows(
    outputs: Array | None, data: Data, network: TrainedNetwork | None, *, right: bool = False
) -> tuple[Mistake, ...]:
    if outputs is None or network is None:
        return ()
    return list_mistakes(outputs, data, data.outside[_name_truth(network)], right=right)


def _name_losses(of_views: Sequence[Sequence[TrainedNetwork]]) -> str:
    """Return the losses of the first network as they are shown: one, or that of each output with its weight."""
    losses = []
    first = of_views[0][0].training
    for network in (of_view[0] for of_view in of_views if of_view[0].training == first):
        model = network.after or network.before
        compiled = model.facts.compiled if model is not None else None
        loss = ""
        if compiled is not None:
            loss = f"{compiled.loss} (from_logits=True)" if compiled.from_logits else compiled.loss
        if network.output:
            factor = f"{compiled.weight:g} · " if compiled is not None and compiled.weight is not None else ""
            loss = f"{network.output}: {factor}{loss or '–'}"
        losses.append(loss)
    return ", ".join(losses)


def _network(facts: ModelFacts, loss: str, translate: Translator) -> Network:
    compiled = facts.compiled
    optimizer = clip(compiled.optimizer, MAX_NAME) if compiled is not None else ""
    if compiled is not None and compiled.learning_rate is not None:
        rate = translate(_("learning rate {rate:g}", rate=compiled.learning_rate))
        optimizer = f"{optimizer}, {rate}"
    return Network(
        style=facts.style,
        input_shape=_describe_input(facts),
        layers=tuple(_layer(layer, translate) for layer in facts.layers[:MAX_LAYERS]),
        parameters=facts.parameters,
        trainable_parameters=facts.trainable_parameters,
        loss=clip(loss, MAX_NAME),
        optimizer=optimizer,
        metrics=tuple(clip(m, MAX_NAME) for m in compiled.metrics[:MAX_SERIES]) if compiled is not None else (),
    )


def _describe_input(facts: ModelFacts) -> str:
    """Return the shape of the rows that a network takes; where it has several inputs, a line for each."""
    if facts.inputs:
        return "\n".join(clip(f"{one.gets} {one.shape}", MAX_NAME) for one in facts.inputs)
    return clip(str(facts.graph.input_shape if facts.graph else facts.input_shape or "–"), MAX_NAME)


def _layer(layer: LayerFacts, translate: Translator) -> NetworkLayer:
    details = [
        translate(_("{units} units", units=layer.units)) if layer.units is not None else "",
        clip(layer.activation, MAX_NAME) if layer.activation and layer.activation != "linear" else "",
        translate(_("rate {rate:g}", rate=layer.rate)) if layer.rate is not None else "",
        translate(_("{regularizer} on the kernel", regularizer=clip(layer.kernel_regularizer, MAX_NAME)))
        if layer.kernel_regularizer
        else "",
        translate(_("part of {model}", model=clip(layer.path, MAX_NAME))) if layer.path else "",
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
    left = MAX_PICTURE_BYTES
    for step, seen in case.steps.items():
        outcome = seen.evidence.outcome
        value = outcome.value if isinstance(outcome, Returned) else None
        if not isinstance(value, FigureValue) or not value.png:
            continue
        png = seen.arrays[value.png]
        size = _read_picture_size(png)
        if size is None:
            continue
        if png.nbytes > left or max(size) > MAX_PICTURE_LENGTH:
            yield None
            continue
        left -= png.nbytes
        yield Figure(
            function=function_name(step),
            png=base64.b64encode(png.tobytes()).decode(),
            width=value.width,
            height=value.height,
        )


def _read_picture_size(png: Array) -> tuple[int, int] | None:
    """Return width and height that a PNG says of itself, in pixels; None for what is none.

    A picture of a few kilobytes may unfold to gigabytes in the browser of whoever opens the report.
    """
    if png.dtype != np.uint8 or png.ndim != 1 or not png[:16].tobytes().startswith(_PNG_START):
        return None
    header = png[16:24].tobytes()
    return (int.from_bytes(header[:4]), int.from_bytes(header[4:])) if len(header) == 8 else None


# The signature, and the first chunk: 13 bytes that say how large the picture is (PNG specification, 11.2.2).
_PNG_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
