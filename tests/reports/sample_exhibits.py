"""What a complete run of the digits exercise leaves to be shown, made up but of the real shape."""

import base64
import struct
import zlib

import msgspec

from grader.protocol.verdict import (
    ClassBalance,
    Confusion,
    Curve,
    Exhibits,
    Figure,
    LayerValues,
    LayerWeights,
    Mistake,
    Network,
    NetworkLayer,
    Reliability,
    ReliabilityBin,
    Score,
    Walkthrough,
)
from tests.reports.sample_criteria import words

# Ten rows of scikit-learn's digits, one of each class, and three that networks take for another; one
# character per pixel, 0 to G (16).
DIGITS = (
    "004EB30000AGCE1001EC0D3005G6086008G0098007G37G5003FDGF20004FC200",
    "003EF90000AGGD0002DGG40000CGG40002DGG40000CGG400006GGG60002AGG20",
    "00D9000008GF0000099D2000000B3000001D0000004D000001DF8CB000CGGC20",
    "008EGGF100665CC10002BC30005E9000009G9000001BG7000027G700009D5000",
    "0005C021001E41E800A809F101F12F8005G6BG2005GGGA000010F2000005B000",
    "0049CG8000FF882004GB410008GGGE0000B98G0000007G000008GC00003D9100",
    "004E500000DE000002GA000004G7000006GGF40004G94G2001FD6GB0004DGF50",
    "003CGGF0009A7CE000002F600000BD000199GB100DGGGG40001G7000006G2000",
    "007EB00001GD221003G94D40007GGE0000BGG90000G9AF0001G25G40007FGG30",
    "00CGE80007GAEG0004GBEG40005EGG8000000G8000004G6002C9GF10019GE300",
)
MISTAKEN = (
    (
        "1",
        "9",
        "00006G70015BGG800BGGDG8003714G8000005G8000005G7000007G9000008G80",
        (0.076, 0.006, 0.003, 0.032, 0.002, 0.005, 0.0, 0.012, 0.009, 0.855),
    ),
    (
        "9",
        "5",
        "007FGC000CGBGD000FGGE50008GC0000002C90000009D000002G800000AC1000",
        (0.006, 0.075, 0.024, 0.001, 0.005, 0.805, 0.0, 0.039, 0.031, 0.014),
    ),
    (
        "4",
        "9",
        "00B7000005G32E3009F0CF0006GFG500006FB000001G4000009C000000DA0000",
        (0.0, 0.011, 0.006, 0.0, 0.005, 0.013, 0.0, 0.011, 0.412, 0.542),
    ),
    (
        "3",
        "8",
        "006BGD5002GGGGC000005G40000AF500009G300000DGD1000005GE00005EB600",
        (0.002, 0.006, 0.389, 0.009, 0.0, 0.002, 0.0, 0.074, 0.514, 0.004),
    ),
)


def exhibits(language: str = "en") -> Exhibits:
    """Return everything that a complete run leaves to be shown."""
    say = words(language)
    return Exhibits(
        scores=tuple(
            Score(seed=seed, metric=say("accuracy", "Genauigkeit"), held_out=held_out, perturbed=perturbed)
            for seed, held_out, perturbed in ((0, 0.9722, 0.9697), (1, 0.9663, 0.9630), (2, 0.9764, 0.9747))
        ),
        curves=tuple(_learning(f"Seed {seed}", seed) for seed in (0, 1, 2)),
        experiments=tuple(
            _learning(name, 3, best) for name, best in (("relu", 0.42), ("sigmoid", 0.94), ("softmax", 0.975))
        ),
        confusion=_confusion(),
        balances=(
            ClassBalance(function="undersample", labels=("0", "1", "2"), before=(60, 13, 31), after=(13, 13, 13)),
            ClassBalance(function="oversample", labels=("0", "1", "2"), before=(60, 13, 31), after=(60, 60, 60)),
        ),
        reliabilities=(_reliability(say("Predictions that are too sure", "Vorhersagen, die zu sicher sind")),),
        mistakes=tuple(
            Mistake(
                image=_grey(pixels), true=true, predicted=predicted, labels=tuple("0123456789"), probabilities=p
            )
            for true, predicted, pixels, p in MISTAKEN
        ),
        network=Network(
            style="sequential",
            input_shape="(None, 64)",
            layers=(
                _layer("dense", "Dense", say("64 units, relu", "64 Einheiten, relu"), 64, 4160),
                _layer("dropout", "Dropout", say("rate 0.2", "Rate 0,2"), 64, 0),
                _layer("dense_1", "Dense", say("32 units, relu", "32 Einheiten, relu"), 32, 2080, trainable=False),
                _layer("dense_2", "Dense", say("10 units, softmax", "10 Einheiten, softmax"), 10, 330),
            ),
            parameters=6570,
            trainable_parameters=4490,
            loss="categorical_crossentropy",
            optimizer="Adam, learning_rate=0.001",
            metrics=("accuracy",),
        ),
        figures=(Figure(function="plot_samples", png=_contact_sheet(), width=600, height=240),),
        narrow_rows=tuple(
            Mistake(
                image=_grey(pixels), true=true, predicted=true, labels=tuple("0123456789"), probabilities=p[::-1]
            )
            for true, _predicted, pixels, p in MISTAKEN
        ),
        weights=(
            LayerWeights(
                inputs=64,
                units=10,
                height=10,
                width=1,
                pictures=49,
                png=png(97, (b"\xcc" * 97,) * 10),
                png_width=97,
                png_height=10,
            ),
        ),
        walkthrough=Walkthrough(
            layers=(
                LayerValues(layer="", values=(0.41, -1.2, 0.0)),
                LayerValues(layer="Dense", values=(-0.52, 1.31)),
                LayerValues(layer="softmax", values=(0.14, 0.86)),
            ),
            labels=("3", "8"),
            true="8",
        ),
    )


def whole_run(shown: Exhibits) -> Exhibits:
    """Return the exhibits with as much of everything as a run of the exercise's own solution leaves."""
    network = shown.network
    assert network is not None
    dense, dropout, *_, last = network.layers
    sheets = (("plot_samples", 800, 400), ("plot_features", 900, 900), ("plot_history", 900, 360))
    return msgspec.structs.replace(
        shown,
        mistakes=shown.mistakes * 2,
        network=msgspec.structs.replace(network, layers=(dense, dropout, dense, dropout, last)),
        figures=tuple(
            Figure(function=name, png=png(width, (b"\xcc" * width,) * height), width=width, height=height)
            for name, width, height in sheets
        ),
    )


def _learning(name: str, seed: int, best: float = 0.98, epochs: int = 30) -> Curve:
    wobble = [((epoch * 7 + seed * 13) % 5 - 2) * 0.004 for epoch in range(epochs)]
    fall = [0.86**epoch for epoch in range(epochs)]
    return Curve(
        name=name,
        series={
            "loss": tuple(2.3 * f + 2 * (1 - best) for f in fall),
            "accuracy": tuple(best - (best - 0.1) * f for f in fall),
            "val_loss": tuple(2.2 * f + 2 * (1 - best) + 0.08 + w for f, w in zip(fall, wobble, strict=True)),
            "val_accuracy": tuple(best - 0.012 - (best - 0.15) * f + w for f, w in zip(fall, wobble, strict=True)),
        },
    )


def overfitting(name: str, seed: int) -> Curve:
    """Return a run whose validation loss rises from epoch 12 on."""
    learned = _learning(name, seed)
    late = [max(0, epoch - 11) for epoch in range(1, 31)]
    series = {
        **learned.series,
        "val_loss": _plus(learned.series["val_loss"], [0.25 + 0.03 * epochs for epochs in late]),
        "val_accuracy": _plus(learned.series["val_accuracy"], [-0.05 - 0.001 * epochs for epochs in late]),
    }
    return Curve(name=name, series=series)


def _plus(values: tuple[float | None, ...], more: list[float]) -> tuple[float | None, ...]:
    return tuple(None if value is None else value + add for value, add in zip(values, more, strict=True))


def _reliability(name: str) -> Reliability:
    shares = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95)
    return Reliability(
        function="calibrate",
        name=name,
        before=tuple(ReliabilityBin(predicted=p, observed=0.25 + 0.5 * p, rows=200) for p in shares),
        after=tuple(ReliabilityBin(predicted=p, observed=p + 0.01, rows=200) for p in shares[1:-1]),
        error_before=0.125,
        error_after=0.01,
    )


def _confusion() -> Confusion:
    missed = {(1, 9): 1, (4, 9): 2, (3, 8): 1, (8, 1): 3, (9, 5): 1, (5, 9): 1, (7, 9): 7}
    counts = tuple(
        tuple(58 - 2 * (i % 3) if i == j else missed.get((i, j), 0) for j in range(10)) for i in range(10)
    )
    return Confusion(labels=tuple("0123456789"), counts=counts)


def _layer(
    name: str, kind: str, detail: str, units: int, parameters: int, *, trainable: bool = True
) -> NetworkLayer:
    return NetworkLayer(
        name=name,
        kind=kind,
        detail=detail,
        output_shape=f"(None, {units})",
        parameters=parameters,
        trainable=trainable,
    )


def _grey(pixels: str) -> tuple[tuple[float, ...], ...]:
    values = [int(pixel, 17) / 16 for pixel in pixels]
    return tuple(tuple(values[start : start + 8]) for start in range(0, 64, 8))


def _contact_sheet(zoom: int = 12) -> str:
    """Return the ten digits in two rows of five, as a figure of a student would show them."""
    rows: list[bytes] = []
    margin = b"\xff" * zoom
    for half in (DIGITS[:5], DIGITS[5:]):
        for y in range(8):
            parts = [
                bytes(255 - round(grey * 255) for grey in _grey(digit)[y] for _ in range(zoom)) for digit in half
            ]
            rows += [b"".join(margin + part + margin for part in parts)] * zoom
        rows += [b"\xff" * len(rows[0])] * 2 * zoom
    return png(len(rows[0]), tuple(rows))


def png(width: int, rows: tuple[bytes, ...]) -> str:
    """Return a grey PNG of 8 bits per pixel, in base64."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return base64.b64encode(whole).decode()
