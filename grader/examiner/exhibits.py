"""What the report shows besides the verdict: curves, scores, mistakes, the network, figures."""

import base64
import math
from collections.abc import Iterator, Sequence

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Translator, _
from grader.evidence.case import Case
from grader.evidence.failures import function_name
from grader.evidence.judgement import PreconditionFailedError
from grader.evidence.network import TrainedNetwork, read_network
from grader.evidence.scores import compute_score, metric_name, predict_classes
from grader.evidence.values import numbers
from grader.protocol.evidence import Entries, FigureValue, LayerFacts, ModelFacts, Returned
from grader.protocol.verdict import Confusion, Curve, Exhibits, Figure, Mistake, Network, NetworkLayer, Score
from grader.rubric.data.dataset import Data

MAX_MISTAKES = 8
MAX_EPOCHS = 300
MAX_PICTURE_BYTES = 1 << 20


def make_exhibits(case: Case, data: Data, say: Translator) -> Exhibits:
    """Return what there is to show; parts are empty where the run did not get that far."""
    networks = [read_network(case, training, seed) for training in case.trainings for seed in case.seeds]
    first = networks[0] if networks else None
    model = (first.after or first.before) if first else None
    outputs = _outputs(first, data) if first else None
    return Exhibits(
        scores=tuple(_scores(networks, case)),
        curves=tuple(_curve(_name(n, say), n.curves) for n in networks if n.curves),
        experiments=tuple(_experiments(case)),
        confusion=_confusion(outputs, data, first) if first and outputs is not None else None,
        mistakes=_mistakes(outputs, data) if outputs is not None else (),
        network=_network(model.facts, say) if model is not None else None,
        figures=tuple(_figures(case)),
    )


def _name(network: TrainedNetwork, say: Translator) -> str:
    seed = say(_("seed {seed}", seed=network.seed))
    return f"{network.training.name}, {seed}" if network.training.name else seed


def _outputs(network: TrainedNetwork, data: Data) -> Array | None:
    """Return what the network gives for each class on the held-out rows; None where that is nothing to count."""
    model = network.after
    outputs = model.outputs.get("x_test") if model is not None else None
    if model is None or outputs is None or outputs.ndim != 2 or not outputs.size or not np.isfinite(outputs).all():
        return None
    if len(outputs) != len(data.outside[network.training.array("y_test")]):
        return None
    if outputs.shape[1] == 1 and len(data.class_names) == 2:
        yes = predict_classes(outputs, model.output_activation)
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


def _curve(name: str, curves: dict[str, list[float]]) -> Curve:
    series = {
        key: tuple(round(v, 5) if math.isfinite(v) else None for v in values[:MAX_EPOCHS])
        for key, values in curves.items()
    }
    return Curve(name=name, series=series)


def _experiments(case: Case) -> Iterator[Curve]:
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
            except PreconditionFailedError:
                continue
            if curve.dtype.kind in "biuf" and curve.ndim == 1 and curve.size > 1:
                yield _curve(name, {"val_accuracy": [float(v) for v in curve]})


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
    truth, said = data.outside["y_test"], outputs.argmax(axis=1)
    wrong = np.flatnonzero(truth != said)
    sure = outputs[wrong, said[wrong]] - outputs[wrong, truth[wrong]]
    worst = wrong[np.argsort(-sure, kind="stable")][:MAX_MISTAKES]
    return tuple(
        Mistake(
            image=tuple(
                tuple(round(float(v), 3) for v in line)
                for line in data.outside["x_test"][row].reshape(data.picture)
            ),
            true=data.class_names[truth[row]],
            predicted=data.class_names[said[row]],
            labels=data.class_names,
            probabilities=tuple(round(float(p), 4) for p in outputs[row]),
        )
        for row in worst
    )


def _network(facts: ModelFacts, say: Translator) -> Network:
    compiled = facts.compiled
    loss = ""
    if compiled is not None:
        loss = f"{compiled.loss} (from_logits=True)" if compiled.from_logits else compiled.loss
    optimizer = compiled.optimizer if compiled is not None else ""
    if compiled is not None and compiled.learning_rate is not None:
        rate = say(_("learning rate {rate:g}", rate=compiled.learning_rate))
        optimizer = f"{optimizer}, {rate}"
    return Network(
        style=facts.style,
        input_shape=str(facts.graph.input_shape if facts.graph else facts.input_shape or "–"),
        layers=tuple(_layer(layer, say) for layer in facts.layers),
        parameters=facts.parameters,
        trainable_parameters=facts.trainable_parameters,
        loss=loss,
        optimizer=optimizer,
        metrics=compiled.metrics if compiled is not None else (),
    )


def _layer(layer: LayerFacts, say: Translator) -> NetworkLayer:
    details = [
        say(_("{units} units", units=layer.units)) if layer.units is not None else "",
        layer.activation if layer.activation not in {None, "linear"} else "",
        say(_("rate {rate:g}", rate=layer.rate)) if layer.rate is not None else "",
        say(_("{regularizer} on the kernel", regularizer=layer.kernel_regularizer))
        if layer.kernel_regularizer
        else "",
    ]
    return NetworkLayer(
        name=layer.name,
        kind=layer.kind,
        detail=", ".join(d for d in details if d),
        output_shape=str(layer.output_shape) if layer.output_shape else "–",
        parameters=sum(int(np.prod(shape)) for shape in layer.weight_shapes),
        trainable=layer.trainable,
    )


def _figures(case: Case) -> Iterator[Figure]:
    for step, seen in case.steps.items():
        outcome = seen.evidence.outcome
        if isinstance(outcome, Returned) and isinstance(outcome.value, FigureValue) and outcome.value.png:
            png = seen.arrays[outcome.value.png]
            if png.dtype == np.uint8 and png.nbytes <= MAX_PICTURE_BYTES and png[:4].tobytes() == b"\x89PNG":
                picture = base64.b64encode(png.tobytes()).decode()
                function = function_name(step)
                yield Figure(
                    function=function, png=picture, width=outcome.value.width, height=outcome.value.height
                )
