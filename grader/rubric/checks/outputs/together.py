"""Checks of all outputs of a network together: how many there are, and their names and shapes."""

from dataclasses import dataclass

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, passed
from grader.evidence.network import read_network
from grader.evidence.outputs import assign_outputs, list_views
from grader.protocol.evidence import ModelFacts
from grader.rubric.checks.networks.single import NetworkCheck, count_outputs, require_certified


@dataclass(frozen=True)
class OfAllOutputs(NetworkCheck):
    """Base class of checks that look at all outputs of a network."""

    kinds = frozenset({"several"})

    def held_back(self) -> tuple[str, ...]:
        """Return the rows that the graphs are replayed on."""
        return (self.training.array("x_test"),)

    def _read_facts(self, case: Case) -> ModelFacts | None:
        model = read_network(case, self.training, case.seeds[0]).before
        return model.facts if model is not None else None

    def _name_outputs(self) -> str:
        return ", ".join(output.name for output in self.training.outputs)


@dataclass(frozen=True)
class NamedOutputs(OfAllOutputs):
    """The network has the outputs of its training, with these names, and as many numbers in each as it needs.

    Subclassed models that return a tuple have no names: the order of the outputs is enough there.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> NamedOutputs(Training(outputs=(PRICE, KIND)))
    """

    topics = frozenset({"architecture"})

    def judge(self, case: Case) -> Judgement:
        """Judge by names and shapes of the frozen graph."""
        views = list_views(case, self.training)
        for view in views:
            require_certified(view, self.training, after=False)
        facts = self._read_facts(case)
        assert facts is not None
        return self._judge_count(facts) or self._judge_widths(views) or self._judge_names(facts)

    def _judge_count(self, facts: ModelFacts) -> Judgement | None:
        if len(facts.outputs) == len(self.training.outputs):
            return None
        return failed(
            _(
                "The network has {count} outputs, but these are expected: {names}. Give keras.Model one for each; "
                "Sequential has a single one, that of its last layer.",
                count=len(facts.outputs),
                names=self._name_outputs(),
            ),
            expected=self._name_outputs(),
            received=_("{count} outputs", count=len(facts.outputs)),
            blocks=False,
        )

    def _judge_widths(self, views: tuple[Case, ...]) -> Judgement | None:
        for view, output in zip(views, self.training.outputs, strict=True):
            model = read_network(view, self.training, view.seeds[0]).before
            units = count_outputs(model) if model is not None else None
            task = output.task
            expected = 1 if task.kind == "regression" else task.classes
            if units == expected or (task.classes == 2 and units == 1):
                continue
            shape = str(model.output_shape) if model is not None else ""
            message = _(
                "Output {output} gives the shape {shape}; {units} numbers for each row are expected, one for each "
                "class.",
                output=output.name,
                shape=shape,
                units=expected,
            )
            if task.kind == "regression":
                message = _(
                    "Output {output} gives the shape {shape}; a single number for each row is expected: Dense(1).",
                    output=output.name,
                    shape=shape,
                )
            return failed(message, expected=f"(None, {expected})", received=shape, blocks=False)
        return None

    def _judge_names(self, facts: ModelFacts) -> Judgement:
        places = assign_outputs(facts, self.training.outputs)
        names = {name: facts.outputs[place].name for name, place in places.items()}
        wrong = {expected: name for expected, name in names.items() if expected != name}
        received = ", ".join(names.values())
        if not any(names.values()):
            in_order = list(places.values()) == sorted(places.values())
            if in_order:
                return passed(
                    _(
                        "The outputs have no names, but come in the right order: {names}.",
                        names=self._name_outputs(),
                    )
                )
            return failed(
                _(
                    "The outputs have no names, so their order tells which is which: {names}. They come in "
                    "another "
                    "order. Return a dict, then no order has to be remembered.",
                    names=self._name_outputs(),
                ),
                expected=self._name_outputs(),
                received=", ".join(sorted(places, key=lambda name: places[name])),
                blocks=False,
            )
        if not wrong:
            return passed(_("The network has the outputs {names}.", names=self._name_outputs()))
        if set(names.values()) == set(names):
            message = _(
                "The names of the outputs are swapped: what has the shape of {expected} is called {received}. "
                "Whoever uses the network takes the one for the other.",
                expected=next(iter(wrong)),
                received=next(iter(wrong.values())),
            )
        else:
            message = _(
                "The outputs are called {received}; {names} are expected. Give the layers of the outputs these "
                'names, as in Dense(1, name="{first}"), or give keras.Model a dict of outputs.',
                received=received,
                names=self._name_outputs(),
                first=self.training.outputs[0].name,
            )
        return failed(message, expected=self._name_outputs(), received=received, blocks=False)
