"""The verdict on one submission: its mark and the reasons. A documented contract, see `docs/verdict.md`.

`Verdict` is what `grader check --json` prints. `Exhibits` is what only the HTML report shows in addition: curves,
pictures, the network. Both are plain frozen data; all sentences are already in `Verdict.language`.
"""

from enum import StrEnum
from typing import Literal

import msgspec


class Status(StrEnum):
    """The outcome of a criterion, and of a whole submission. These six words and no others."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    SKIPPED = "skipped"  # a criterion that it depends on was not passed
    NOT_ATTEMPTED = "not_attempted"  # the function is still the stub
    NOT_GRADED = "not_graded"  # the grader could not decide


MACHINE_MEMORY = "machine-memory"  # id of the notice that a machine out of memory has ended processes
ONLY_PART = "only-part"  # id of the notice that a verdict is about some of the criteria: never a mark

Severity = Literal["error", "warning", "tip"]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base class of the records in this module: frozen; unknown fields are refused when decoding."""


class Location(Record, frozen=True):
    """A place in the student's own file. `line` counts from 1 within the file, or within `cell`."""

    file: str
    line: int
    cell: int | None = None  # number of the code cell in a notebook, from 1
    source: str = ""  # the text of that line


class Hint(Record, frozen=True):
    """An explanation with evidence: a misconception of the catalogue. Never takes a point."""

    id: str
    severity: Severity
    text: str


class Notice(Record, frozen=True):
    """A remark about the submission as a whole, such as a cell that crashed."""

    id: str
    severity: Severity
    text: str
    location: Location | None = None


class CriterionVerdict(Record, frozen=True, kw_only=True):
    """The verdict on one criterion of the rubric. `points` exceed `max_points` by at most `bonus`."""

    id: str
    title: str
    lesson: str  # what a student learns from it, one sentence
    status: Status
    points: float
    max_points: float
    bonus: float = 0.0  # the most that can be had beyond max_points
    message: str
    hints: tuple[Hint, ...] = ()
    expected: str | None = None
    received: str | None = None
    location: Location | None = None
    same_cause_as: str = ""  # id of the criterion that tells the cause; "" where this one tells its own
    waits_for_person: bool = False  # not graded only because a person gives the points


class SubmissionInfo(Record, frozen=True):
    """The file that was judged: its name without folders, and the SHA-256 of its bytes."""

    name: str
    sha256: str


class CertificationItem(Record, frozen=True):
    """One comparison of what the submission claims with what its frozen graph computes."""

    id: str
    agrees: bool
    text: str


class WallState(Record, frozen=True):
    """One isolation feature of the sandbox. `stands`: whether it was in place; `detail`: if not, why."""

    id: str
    stands: bool
    detail: str = ""


class Isolation(Record, frozen=True):
    """The isolation features during the run of the submission. `mode` is `plain` if none was requested."""

    mode: Literal["walls", "plain"]
    walls: tuple[WallState, ...] = ()


class Versions(Record, frozen=True):
    """The versions that the verdict depends on. `rubric` is a hash of the exercise's rubric."""

    python: str
    tensorflow: str
    keras: str
    numpy: str
    scikit_learn: str
    grader: str
    rubric: str


class Resources(Record, frozen=True):
    """The resources that the run of the submission used; they differ from run to run."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float  # anonymous memory beyond that of the shared worker


class Verdict(Record, frozen=True, kw_only=True):
    """The mark of one submission and the reasons for it."""

    schema: Literal[1] = 1
    language: str
    exercise: str
    title: str
    submission: SubmissionInfo
    status: Status
    points: float
    max_points: float
    certified: bool | None  # None where there was no network whose claims could be compared
    certification: tuple[CertificationItem, ...]
    notices: tuple[Notice, ...]
    isolation: Isolation
    versions: Versions
    seeds: tuple[int, ...]
    resources: Resources
    criteria: tuple[CriterionVerdict, ...]
    seal: str = ""  # which secret the hidden data were drawn from, see `name_seal`; "" before version 0.2

    @property
    def waiting(self) -> tuple[CriterionVerdict, ...]:
        """Return the criteria that a person gives points for; none where something else is not graded, too."""
        if self.status is not Status.NOT_GRADED:
            return ()
        undecided = tuple(c for c in self.criteria if c.status is Status.NOT_GRADED)
        return undecided if all(c.waits_for_person for c in undecided) else ()


class Curve(Record, frozen=True):
    """The curves of one training run. `series` maps a history key (`loss`, `val_accuracy`, ...) to a value per
    epoch; a value that was not finite is None. `output`: the one that they are about, where there are several."""

    name: str  # "seed 0", or the name of an experiment
    series: dict[str, tuple[float | None, ...]]
    output: str = ""


class Score(Record, frozen=True):
    """The score of one seed, computed by the examiner from the frozen graph: on the held-out rows, and on the
    same rows with small noise (an honest network loses little there, one that memorised falls off a cliff).
    `network`: its name, empty where the exercise has only one."""

    seed: int
    metric: str
    held_out: float
    perturbed: float
    network: str = ""


class Confusion(Record, frozen=True):
    """A confusion matrix. `counts[i][j]`: held-out rows of class `labels[i]` classified as `labels[j]`."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Mistake(Record, frozen=True):
    """A held-out row, classified wrongly or hardly right. `image`: rows of grey values, 0 (paper) to 1 (ink)."""

    image: tuple[tuple[float, ...], ...]
    true: str
    predicted: str
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]  # the network's outputs, in the order of `labels`


class NetworkLayer(Record, frozen=True):
    """One layer of the network, nested models flattened. `output_shape` like "(None, 64)"."""

    name: str
    kind: str  # class name, such as Dense
    detail: str  # such as "64 units, relu"
    output_shape: str
    parameters: int
    trainable: bool


class Network(Record, frozen=True):
    """The network of the submission, for the diagram in the report."""

    style: str  # sequential, functional, subclassed
    input_shape: str
    layers: tuple[NetworkLayer, ...]
    parameters: int
    trainable_parameters: int
    loss: str
    optimizer: str
    metrics: tuple[str, ...]


class Figure(Record, frozen=True):
    """The figure that one of the submission's plotting functions drew. `png` is base64."""

    function: str
    png: str
    width: int  # pixels
    height: int  # pixels


class ClassBalance(Record, frozen=True):
    """How many rows the classes of a made-up table had before and after a function of the submission."""

    function: str
    labels: tuple[str, ...]
    before: tuple[int, ...]  # in the order of `labels`
    after: tuple[int, ...]  # likewise


class ReliabilityBin(Record, frozen=True):
    """One bin of a reliability diagram that is not empty."""

    predicted: float  # mean of the predictions in it, 0 to 1
    observed: float  # share of its rows with the label 1
    rows: int


class Reliability(Record, frozen=True):
    """Predictions for new rows, before and after a function of the submission has calibrated them."""

    function: str
    name: str  # such as "too sure"
    before: tuple[ReliabilityBin, ...]
    after: tuple[ReliabilityBin, ...]
    error_before: float  # expected calibration error, 0 to 1
    error_after: float


class CodeUnit(Record, frozen=True):
    """A file or a code cell of the submission as the student wrote it. `cell`: its number, None for a file."""

    cell: int | None
    lines: tuple[str, ...]


class CodePlace(Record, frozen=True):
    """Where the submission defines what a criterion is about. Lines count from 1 within the file or the cell."""

    criterion: str  # id
    cell: int | None
    first: int
    last: int
    docstring: tuple[int, int] | None = None  # its first and its last line, within these


class LeftOut(Record, frozen=True):
    """How much more the evidence holds than the exhibits show, which have limits."""

    series: int = 0  # of trainings, besides those in `curves`
    epochs: int = 0  # of the longest series of a training or an experiment
    experiments: int = 0
    layers: int = 0  # after those of `network`; their weights count in its `parameters`
    figures: int = 0  # whose pictures are too large
    code_lines: int = 0  # of the submission, after those of `code`


class LayerValues(Record, frozen=True):
    """What one layer of the trained network gives for one row. `layer`: Dense, relu, ...; empty for the input."""

    layer: str
    values: tuple[float, ...]


class Walkthrough(Record, frozen=True):
    """What becomes of one validation row in each layer of the trained network, computed by the examiner.

    `labels`: the classes, in the order of the last values; `true`: that of the row.
    """

    layers: tuple[LayerValues, ...]
    labels: tuple[str, ...] = ()
    true: str = ""


class LayerWeights(Record, frozen=True):
    """The weights of a Dense layer of the trained network as pictures side by side, one for each of some inputs.

    `height`, `width`: weights of one picture. `png`: in base64, with a pixel for each weight.
    """

    inputs: int
    units: int
    height: int
    width: int
    pictures: int  # how many inputs are shown
    png: str
    png_width: int  # pixels
    png_height: int  # pixels


class Exhibits(Record, frozen=True):
    """The data that only the HTML report shows. Any part may be empty: the run may have ended early."""

    scores: tuple[Score, ...] = ()
    curves: tuple[Curve, ...] = ()
    experiments: tuple[Curve, ...] = ()
    confusion: Confusion | None = None
    mistakes: tuple[Mistake, ...] = ()
    network: Network | None = None
    figures: tuple[Figure, ...] = ()
    left_out: LeftOut = LeftOut()
    code: tuple[CodeUnit, ...] = ()
    places: tuple[CodePlace, ...] = ()
    walkthrough: Walkthrough | None = None
    balances: tuple[ClassBalance, ...] = ()
    reliabilities: tuple[Reliability, ...] = ()
    narrow_rows: tuple[Mistake, ...] = ()
    weights: tuple[LayerWeights, ...] = ()


def encode(verdict: Verdict) -> str:
    """Encode the verdict as indented JSON, keys in the order of the schema, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(verdict), indent=2).decode() + "\n"


def decode(text: str | bytes) -> Verdict:
    """Decode a verdict from JSON. Raises `msgspec.ValidationError` for anything else."""
    return msgspec.json.decode(text, type=Verdict)
