"""Checks of functions that look for the rows at which a network errs, or is least or most sure."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FewItems, FunctionName
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.losses import softmax
from grader.evidence.network import Model, read_network
from grader.evidence.values import flat
from grader.protocol.evidence import AxesFacts
from grader.protocol.plan import ArrayArg, Call, ResultOf, Step
from grader.protocol.training import Training
from grader.rubric.checks.base import Shows
from grader.rubric.checks.functions.figure_texts import (
    add_unseen,
    exchanges_answers,
    join_texts,
    names_classes,
)
from grader.rubric.checks.functions.figures import is_same_picture, read_figure
from grader.rubric.checks.networks.single import NetworkCheck, require_certified

CLOSE = 1e-5  # of two probabilities: two rows that lie no further apart may change places
HALF = 0.5
MAX_IMAGES = 4  # on one axes that are compared with all rows


@dataclass(frozen=True)
class OnMistakes(NetworkCheck):
    """Base class for checks of a function that gets a trained network, rows, and labels of which a few are wrong.

    So there are mistakes, however good the network is.
    """

    kinds = frozenset({"classification"})
    function: FunctionName
    count: FewItems = 9

    @property
    def tried_function(self) -> str:
        """Return the function that gets the network."""
        return self.function

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the training on the first seed, and a call with its network and the validation rows."""
        training, seed = self.training, seeds[0]
        rows = (ArrayArg(name=training.array("x_val")), ArrayArg(name=training.array("y_val_mixed")))
        call = Call(
            id=self._step,
            function=self.function,
            arguments=(ResultOf(step=training.built(seed)), *rows),
            after=training.fitted(seed),
            figure=self._draws,
        )
        return (*training.steps(seeds), call)

    def can_use(self, case: Case, training: Training) -> bool:
        """Return whether the network says something of the rows: numbers, a class for each."""
        after = read_network(case, training, case.seeds[0]).after
        outputs = after.outputs.get("x_val") if after is not None else None
        is_finite = outputs is None or bool(outputs.ndim == 2 and np.isfinite(outputs).all())
        return super().can_use(case, training) and is_finite

    @property
    def _draws(self) -> bool:
        return False

    @property
    def _step(self) -> str:
        return f"{self.function}@mixed{self.training.suffix}"

    def judge(self, case: Case) -> Judgement:
        """Judge by what the frozen graph puts out for the same rows."""
        result = case.seen(self._step)  # what was raised is said whatever else there is to say
        assert result is not None
        model = require_certified(case, self.training, after=True)
        outputs = model.outputs["x_val"]
        labels = case.inside[self.training.array("y_val_mixed")]
        if outputs.ndim != 2 or len(outputs) != len(labels) or not np.isfinite(outputs).all():
            raise PreconditionFailedError(failed(_("The outputs of the network are not numbers for every row.")))
        return replace(self.judge_answers(case, _read_chances(model, outputs), labels), blocks=False)

    @abstractmethod
    def judge_answers(self, case: Case, chances: Sequence[Array], labels: Array) -> Judgement:
        """Judge what the function returned.

        Args:
            case: the evidence.
            chances: what the network says of each class, (rows, classes), in each way that it may be read.
            labels: of the rows, as the function got them.
        """


def _read_chances(model: Model, outputs: Array) -> list[Array]:
    """Return the outputs, and as shares of each row where they are none."""
    values = outputs.astype(np.float64)
    if model.output_activation == "softmax":
        return [values]
    return [softmax(values), values]


@dataclass(frozen=True)
class HardestRows(OnMistakes):
    """`function(model, x, y)` returns the positions of the hardest rows, the hardest first.

    With `right`: of the rows that the network gets right, the `count` of which it is least sure. Without: of those
    that it gets wrong, the `count` of which it is most sure. How sure it is, is its largest probability. Rows
    whose probabilities are nearly the same may change places.

    >>> HardestRows(Training(), "hardest_wrong", right=False)
    """

    shows = Shows(narrow_rows=True)
    right: bool = True

    def judge_answers(self, case: Case, chances: Sequence[Array], labels: Array) -> Judgement:
        """Judge the positions by the probabilities of the rows that they name."""
        received = flat(case.array(self._step, self.function))
        wrong_kind = self._refuse_kind(received, len(labels))
        if wrong_kind is not None:
            return wrong_kind
        rows = received.astype(np.int64)
        complaints = [self._find_problem(rows, own, labels) for own in chances]
        if None in complaints:
            message = _("The rows are those of which the network is least sure, of all that it gets right.")
            if not self.right:
                message = _("The rows are those of which the network is most sure, of all that it gets wrong.")
            return passed(message)
        share, complaint = next(pair for pair in complaints if pair is not None)
        message = _("{function}(): {complaint}", function=self.function, complaint=complaint)
        expected = self._choose(chances[0], labels)[: self.count].tolist()
        received_rows = str(rows.tolist()[: 2 * self.count])
        if share:
            return partial(share, message, expected=str(expected), received=received_rows)
        return failed(message, expected=str(expected), received=received_rows)

    def _refuse_kind(self, received: Array, count: int) -> Judgement | None:
        """Return what is wrong with an answer that holds no positions; None for nothing."""
        expected = _("positions of rows, from 0 to {last}", last=count - 1)
        is_list = received.ndim == 1 and received.size > 0 and received.dtype.kind in "iuf"
        if is_list and np.isin(received, np.arange(count)).all():
            return None
        message = _(
            "{function}() has to return the positions of rows as whole numbers from 0 to {last}. Received: "
            "{shape} {dtype}.",
            function=self.function,
            last=count - 1,
            shape=str(received.shape),
            dtype=str(received.dtype),
        )
        return failed(message, expected=expected, received=f"{received.dtype} {received.shape}")

    def _choose(self, chances: Array, labels: Array, *, right: bool | None = None) -> Array:
        """Return the positions of all rows that count, the hardest first."""
        right = self.right if right is None else right
        rows = np.flatnonzero((chances.argmax(axis=1) == labels) == right)
        sure = chances.max(axis=1)[rows]
        order: Array = rows[np.argsort(sure if right else -sure, kind="stable")]
        return order

    def _find_problem(self, rows: Array, chances: Array, labels: Array) -> tuple[float, Words] | None:
        """Return the share of the points that is left, and what is wrong; None for nothing."""
        problem = self._compare(rows, chances, labels)
        if problem is None or problem[0] or not self._are_places_in_a_part(rows, chances, labels):
            return problem
        message = (
            _(
                "these are positions among the rows that are right, not among all rows. With right = "
                "np.flatnonzero(answers == y), right[positions] gives those."
            )
            if self.right
            else _(
                "these are positions among the rows that are wrong, not among all rows. With wrong = "
                "np.flatnonzero(answers != y), wrong[positions] gives those."
            )
        )
        return 0.0, message

    def _are_places_in_a_part(self, rows: Array, chances: Array, labels: Array) -> bool:
        """Return whether rows are the right ones if counted among those that the network gets right, or wrong."""
        part = np.flatnonzero((chances.argmax(axis=1) == labels) == self.right)
        expected = self._choose(chances, labels)[: self.count]
        if len(rows) != len(expected) or rows.max() >= len(part):
            return False
        sure = chances.max(axis=1)
        return bool(np.allclose(np.sort(sure[part[rows]]), np.sort(sure[expected]), atol=CLOSE))

    def _compare(self, rows: Array, chances: Array, labels: Array) -> tuple[float, Words] | None:
        """Return the share of the points that is left, and what is wrong; None for nothing."""
        order = self._choose(chances, labels)
        expected = order[: self.count]
        sure = chances.max(axis=1)
        is_right = chances.argmax(axis=1) == labels
        if len(set(rows.tolist())) < len(rows):
            return 0.0, _("a row is named twice.")
        if len(rows) != len(expected):
            return 0.0, _("expected {count} rows; received {received}.", count=len(expected), received=len(rows))
        if (is_right[rows] != self.right).any():
            return 0.0, self._explain_other_rows(rows, chances, labels)
        if np.allclose(sure[rows], sure[expected], atol=CLOSE):
            return None
        if np.allclose(np.sort(sure[rows]), np.sort(sure[expected]), atol=CLOSE):
            return HALF, _("these are the right rows, but the hardest has to come first.")
        return 0.0, self._explain_order(rows, chances, labels, order)

    def _explain_other_rows(self, rows: Array, chances: Array, labels: Array) -> Words:
        is_right = chances.argmax(axis=1) == labels
        if (is_right[rows] == self.right).sum() == 0 and not self.right:
            return _("all of these rows are right. Choose among those whose largest output is not at their label.")
        if self.right:
            return _(
                "rows {rows} are wrong. Choose among the rows that the network gets right: argmax of the outputs "
                "is the label.",
                rows=str(rows[~is_right[rows]].tolist()),
            )
        return _(
            "rows {rows} are right. Are these positions among the wrong rows, instead of among all rows? Choose "
            "among all rows, as np.flatnonzero does.",
            rows=str(rows[is_right[rows]].tolist()),
        )

    def _explain_order(self, rows: Array, chances: Array, labels: Array, order: Array) -> Words:
        sure = chances.max(axis=1)
        if np.allclose(np.sort(sure[rows]), np.sort(sure[order[-len(rows) :]]), atol=CLOSE):
            return _(
                "these are the easiest rows: the order is the wrong way round. Expected: those of which the "
                "network is {which} sure.",
                which=_("least") if self.right else _("most"),
            )
        own = chances[np.arange(len(labels)), labels]
        if not self.right and np.allclose(np.sort(own[rows]), np.sort(own[order])[: len(rows)], atol=CLOSE):
            return _(
                "these are the rows with the smallest probability of their label. Expected: those of which the "
                "network is most sure, by the largest probability of the row."
            )
        return _(
            "these are not the rows of which the network is {which} sure. How sure it is, is the largest "
            "probability of a row.",
            which=_("least") if self.right else _("most"),
        )


@dataclass(frozen=True)
class ErrorGallery(OnMistakes):
    """`function(model, x, y)` draws rows that the network gets wrong as pictures, up to `count` of them.

    The title of each picture names what the network says and what is right, as numbers, and not many other
    classes; words beside them may not exchange the two. Which mistakes are shown, and in which order, does not
    matter.

    >>> ErrorGallery(Training(), "error_gallery", count=16)
    """

    topics = frozenset({"figures"})

    @property
    def _draws(self) -> bool:
        return True

    def judge_answers(self, case: Case, chances: Sequence[Array], labels: Array) -> Judgement:
        """Judge each picture and its title."""
        figure, arrays = read_figure(case, self.function, self._step)
        pictures = [axes for axes in figure.axes if axes.images]
        answers = chances[0].argmax(axis=1)
        wrong = np.flatnonzero(answers != labels)
        expected = min(self.count, len(wrong))
        if len(pictures) != expected:
            complaint = _(
                "expected {expected} pictures, one for each mistake and at most {most}; it draws {count}.",
                expected=expected,
                most=self.count,
                count=len(pictures),
            )
            return self._fail(add_unseen(complaint, figure))
        rows = case.inside[self.training.array("x_val")]
        drawn_rows = [_find_row(axes, arrays, rows) for axes in pictures]
        problem = next(self._find_problems(pictures, drawn_rows, answers, labels), None)
        if problem is None:
            return passed(_("The pictures are mistakes, and each title says what the network took it for."))
        titles_alone = all(row is not None and row in wrong for row in drawn_rows) and len(set(drawn_rows)) == len(
            drawn_rows
        )
        judgement = self._fail(add_unseen(problem, figure))
        return partial(HALF, judgement.message) if titles_alone else judgement

    def _fail(self, complaint: Words) -> Judgement:
        return failed(_("{function}(): {complaint}", function=self.function, complaint=complaint))

    def _find_problems(
        self, pictures: Sequence[AxesFacts], drawn_rows: Sequence[int | None], answers: Array, labels: Array
    ) -> Iterator[Words]:
        for number, row in enumerate(drawn_rows, start=1):
            if row is None:
                yield _("picture {number} is none of the rows of x.", number=number)
            elif answers[row] == labels[row]:
                yield _(
                    "picture {number} is row {row}, which the network gets right ({label}).",
                    number=number,
                    row=row,
                    label=int(labels[row]),
                )
            elif drawn_rows.index(row) < number - 1:
                yield _("row {row} is drawn twice.", row=row)
        classes = 1 + int(max(answers.max(), labels.max()))
        for number, (axes, row) in enumerate(zip(pictures, drawn_rows, strict=True), start=1):
            if row is not None and not names_classes(
                join_texts(axes), {int(answers[row]), int(labels[row])}, classes
            ):
                yield _(
                    "the title of picture {number} is {title!r}; it has to name what the network says ({said}) "
                    "and what is right ({label}), and not many other numbers.",
                    number=number,
                    title=axes.title,
                    said=int(answers[row]),
                    label=int(labels[row]),
                )
        exchanged = [
            axes
            for axes, row in zip(pictures, drawn_rows, strict=True)
            if row is not None and exchanges_answers(join_texts(axes), int(answers[row]), int(labels[row]))
        ]
        if len(exchanged) > HALF * len(pictures):
            yield _(
                "the titles exchange what the network says and what is right: {title!r}, for one.",
                title=exchanged[0].title,
            )


def _find_row(axes: AxesFacts, arrays: Mapping[str, Array], rows: Array) -> int | None:
    """Return the row that an axes shows as a picture, maybe with another image over it; None for none."""
    images = [arrays[ref] for ref in axes.images[:MAX_IMAGES]]
    matches = (_match_row(one, rows) for image in images for one in (image, image[::-1]))
    return next((row for row in matches if row is not None), None)


def _match_row(image: Array, rows: Array) -> int | None:
    """Return the row that an image shows; None for none."""
    size = rows.shape[1:3]
    if image.shape[:2] != size or not np.isfinite(image).all():
        return None
    flat_rows = rows.reshape(len(rows), -1)
    # The nearest by correlation first: comparing with each row takes much longer.
    values = image.reshape(flat_rows.shape[1], -1)[:, 0].astype(np.float64)
    centred = flat_rows - flat_rows.mean(axis=1, keepdims=True)
    row = int(np.abs(centred @ (values - values.mean()) / (np.linalg.norm(centred, axis=1) + 1e-12)).argmax())
    return row if is_same_picture(image, flat_rows[row], (int(size[0]), int(size[1]))) else None
