"""The check of two functions that save a network in a folder and load it from there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _
from grader.core.seal import NO_SEAL, Seal
from grader.evidence.case import Case
from grader.evidence.failures import explain_failure
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.network import read_fitted, read_network
from grader.evidence.values import name_of
from grader.protocol.evidence import Entries, GraphFacts, Items, ModelValue, Raised, TextValue, Value
from grader.protocol.plan import (
    BuildChain,
    Call,
    ChainLayer,
    Describe,
    FolderArg,
    ReadFiles,
    Replay,
    ResultOf,
    Step,
    WriteFiles,
)
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check
from grader.rubric.checks.layers.chain_values import ChainWeights, draw_chain

ROWS = 20
CLOSE = 1e-4  # of two outputs
HALF = 0.5  # of the points: for a network that comes back right, but from other files
SIZES = ((6, 5, 4), (9, 7, 3))  # of the grader's networks: unlike what any builder of a submission returns
OWN = "own"
UNREAD = "without-architecture"  # a network of the grader's, loaded once more with an empty JSON
_BARE_NAME = re.compile(r"'([^'/\\]+)'$")  # at the end of what a FileNotFoundError says: a name without a folder
# As Keras says it in load_weights and in set_weights.
_OTHER_SIZES = re.compile(r"variable\.shape=.{1,80}value\.shape=|is not compatible with provided weight shape")
_WITH_ARCHITECTURE = frozenset({"architecture", "keras"})  # kinds of files that are not weights alone


@dataclass(frozen=True)
class SavesAndLoads(Check):
    """`save(model, folder)` writes a network, and `load(folder)` gives back one that computes the same.

    They are tried with the trained network of the submission, if there is one, and with two small ones of the
    grader's. `load` is called in a new process, with a folder of another name that holds these files. Each network
    counts the same. Half of it is kept where the network comes back, but not from the architecture as JSON and
    weights in a file of their own. `load` is also called where the JSON is empty: what comes back all the same was
    not built from it.

    >>> SavesAndLoads(Training(), "save", "load")
    """

    training: Training
    save: FunctionName
    load: FunctionName
    seal: Seal = NO_SEAL

    def with_seal(self, seal: Seal) -> "SavesAndLoads":
        """Return this check with networks drawn from the secret of `seal`."""
        return replace(self, seal=seal)

    def trainings(self) -> tuple[Training, ...]:
        """Return how the network of the submission is trained."""
        return (self.training,)

    def judged_names(self) -> frozenset[str]:
        """Return the two functions."""
        return frozenset({self.save, self.load})

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the training, what saves all networks, and then what loads them."""
        seed = seeds[0]
        built, fitted = self.training.built(seed), self.training.fitted(seed)
        chains = [
            BuildChain(id=f"network@{self.save}:{chain.name}", layers=self._name_layers(chain))
            for chain in self._chains
        ]
        saves = [self._save(OWN, built, fitted)]
        saves += [self._save(c.name, b.id, "") for c, b in zip(self._chains, chains, strict=True)]
        loads = [step for name in self._names for step in self._load(name)]
        loads += self._load_without_architecture()
        return (*self.training.steps(seeds), *chains, *saves, *loads)

    @property
    def _names(self) -> tuple[str, ...]:
        return (OWN, *(chain.name for chain in self._chains))

    def _save(self, name: str, network: str, after: str) -> Call:
        return Call(
            id=f"{self.save}@{name}",
            function=self.save,
            arguments=(ResultOf(step=network), FolderArg(name=f"{name}-saved")),
            after=after,
        )

    def _load(self, name: str) -> tuple[Step, ...]:
        files = ReadFiles(id=self._files(name), folder=f"{name}-saved", after=f"{self.save}@{name}")
        written = WriteFiles(id=f"{self.load}@files:{name}", files=files.id, folder=f"{name}-moved")
        return files, *self._load_from(written, name)

    def _load_without_architecture(self) -> tuple[Step, ...]:
        written = WriteFiles(
            id=f"{self.load}@files:{UNREAD}",
            files=self._files(self._chains[0].name),
            folder=f"{UNREAD}-moved",
            without_architecture=True,
        )
        return self._load_from(written, UNREAD)

    def _load_from(self, written: WriteFiles, name: str) -> tuple[Step, ...]:
        """Return the step that writes files, what loads a network from them, and what describes that."""
        call = Call(
            id=f"{self.load}@{name}",
            function=self.load,
            arguments=(FolderArg(name=written.folder),),
            after=written.id,
        )
        sample = self.training.array("x_train") if name == OWN else self._rows_name(name)
        return written, call, Describe(id=self._loaded(name), step=call.id, sample=sample)

    def _files(self, name: str) -> str:
        return f"{self.save}@files:{name}"  # messages about it name the function

    def _loaded(self, name: str) -> str:
        return f"model:{self.load}@{name}"

    def _rows_name(self, name: str) -> str:
        return f"{self.save}:{self._find_chain(name).name}:rows"

    def _find_chain(self, name: str) -> ChainWeights:
        """Return the network of the grader's with a name; the first one is the one that is loaded once more."""
        return next((chain for chain in self._chains if chain.name == name), self._chains[0])

    @cached_property
    def _chains(self) -> tuple[ChainWeights, ...]:
        return tuple(
            draw_chain(self.seal.random(f"weights to save {sizes}", 51 + number), sizes)
            for number, sizes in enumerate(SIZES)
        )

    def _name_layers(self, chain: ChainWeights) -> tuple[ChainLayer, ...]:
        names = [f"{self.save}:{chain.name}:{layer}" for layer in range(len(chain.kernels))]
        activations = ["relu"] * (len(names) - 1) + ["softmax"]
        return tuple(
            ChainLayer(kernel=f"{name}:kernel", bias=f"{name}:bias", activation=activation)
            for name, activation in zip(names, activations, strict=True)
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the weights of the grader's networks, and rows to compute with them."""
        return self._arrays

    @cached_property
    def _arrays(self) -> Mapping[str, Array]:
        arrays: dict[str, Array] = {}
        for chain in self._chains:
            layers = zip(self._name_layers(chain), chain.kernels, chain.biases, strict=True)
            for layer, kernel, bias in layers:
                arrays |= {layer.kernel: kernel, layer.bias: bias}
            random = self.seal.random(f"rows for {chain.name}", 41)
            arrays[self._rows_name(chain.name)] = random.normal(0, 1, (ROWS, chain.sizes[0])).astype(np.float32)
        return arrays

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replays of the networks that came back."""
        replays: list[Replay] = []
        arrays: dict[str, Array] = {}
        for name in (*self._names, UNREAD):
            graph, graphs = self._read_graph(case, name)
            if graph is None:
                continue
            rows = (
                case.mix_rows(self.training).batches
                if name == OWN
                else {"rows": self._arrays[self._rows_name(name)]}
            )
            inputs = {f"{self._loaded(name)}:{part}": batch for part, batch in rows.items()}
            arrays |= {self._loaded(name): graphs[graph.ref], **inputs}
            replays.append(
                Replay(
                    id=self._loaded(name),
                    graph=self._loaded(name),
                    input_node=graph.input_node,
                    output_node=graph.output_node,
                    inputs=tuple(inputs),
                )
            )
        return replays, arrays

    def _read_graph(self, case: Case, name: str) -> tuple[GraphFacts | None, Mapping[str, Array]]:
        result = case.steps.get(self._loaded(name))
        if result is None or result.evidence.model is None:
            return None, {}
        return result.evidence.model.graph, result.arrays

    def judge(self, case: Case) -> Judgement:
        """Judge network by network; that of the submission counts only where it was trained."""
        names = [name for name in self._names if name != OWN or self._has_own(case)]
        judgements = [self._judge_network(case, name) for name in names]
        wrong = [judgement for judgement in judgements if judgement.status is not Status.PASSED]
        if not wrong:
            return passed(
                _(
                    "Each network that comes back from its folder computes what the saved one does: {count} "
                    "tried.",
                    count=len(names),
                )
            )
        first = wrong[0]
        share = round(sum(judgement.share for judgement in judgements) / len(judgements), 4)
        if share == 0 or first.status not in {Status.FAILED, Status.PARTIAL}:
            return first
        return replace(first, status=Status.PARTIAL, share=share)

    def _has_own(self, case: Case) -> bool:
        after = read_network(case, self.training, case.seeds[0]).after
        return after is not None and after.graph is not None and after.has_one_answer

    def _judge_network(self, case: Case, name: str) -> Judgement:
        try:
            return self._compare(case, name)
        except PreconditionFailedError as unmet:
            return self._name_network(name, unmet.judgement)

    def _name_network(self, name: str, judgement: Judgement) -> Judgement:
        if name == OWN or judgement.status not in {Status.FAILED, Status.PARTIAL}:
            return judgement
        message = _("With a network {network} of the grader's: {problem}", network=name, problem=judgement.message)
        return replace(judgement, message=message)

    def _compare(self, case: Case, name: str) -> Judgement:
        """Judge one network. Raises `PreconditionFailedError` where a call did not return."""
        case.seen(f"{self.save}@{name}")
        kinds = self._read_files(case, name)
        if not kinds:
            return self._name_network(
                name,
                failed(
                    _(
                        "{save}() wrote nothing into the folder that it was given. Write into that one, such as "
                        "os.path.join(folder, 'model.json'), and nowhere else.",
                        save=self.save,
                    ),
                    expected=_("files in the folder"),
                    received=_("an empty folder"),
                ),
            )
        value, _arrays = self._read_loaded(case, name)
        if not isinstance(value, ModelValue):
            return self._name_network(
                name,
                failed(
                    _(
                        "{load}() has to return a keras model. Received: {received}.",
                        load=self.load,
                        received=name_of(value),
                    ),
                    expected=_("a keras model"),
                    received=name_of(value),
                ),
            )
        difference = self._measure_difference(case, name)
        if difference is None:
            return self._name_network(name, self._explain_no_answer(case, name))
        if difference > CLOSE:
            return self._name_network(
                name,
                failed(
                    _(
                        "The network that {load}() gives back computes something else than the saved one: outputs "
                        "differ by up to {difference:.3f}. Are the weights loaded, and those of this folder?",
                        load=self.load,
                        difference=difference,
                    ),
                    expected=_("the same outputs"),
                    received=_("a difference of {difference:.3f}", difference=difference),
                ),
            )
        return self._name_network(name, self._judge_files(case, kinds))

    def _read_loaded(self, case: Case, name: str) -> tuple[Value, Mapping[str, Array]]:
        """Return what `load` returned. Raises `PreconditionFailedError`, which says what `load` can know."""
        try:
            return case.value(f"{self.load}@{name}")
        except PreconditionFailedError as unmet:
            result = case.steps.get(f"{self.load}@{name}")
            if result is None or not isinstance(result.evidence.outcome, Raised):
                raise
            problem: Words = unmet.judgement.message
            exception = result.evidence.outcome.exception
            outside = _BARE_NAME.search(exception.message) if exception.type == "FileNotFoundError" else None
            if outside:
                problem = _(
                    "{load}() looks for {name} outside of the folder that it is given: os.path.join(folder, "
                    '"{name}").',
                    load=self.load,
                    name=outside[1],
                )
            if name != OWN and _OTHER_SIZES.search(exception.message):
                problem = _(
                    "{load}() puts the weights of the saved network into one of other sizes. Build the network "
                    "from the JSON in the folder, with keras.models.model_from_json(text), and not as your own.",
                    load=self.load,
                )
            message = _(
                "{problem} {load}() is called in a new process, as on the next day: of what {save}() did, it has "
                "the files in its folder and no variables.",
                problem=problem,
                load=self.load,
                save=self.save,
            )
            raise PreconditionFailedError(replace(unmet.judgement, message=message)) from None

    def _read_files(self, case: Case, name: str) -> Mapping[str, str]:
        value, _arrays = case.value(self._files(name))
        entries = value.entries if isinstance(value, Entries) else ()
        kinds = {path: item.items[0] for path, item in entries if isinstance(item, Items) and item.items}
        return {path: kind.text for path, kind in kinds.items() if isinstance(kind, TextValue)}

    def _judge_files(self, case: Case, kinds: Mapping[str, str]) -> Judgement:
        """Judge the files of a network that came back right."""
        listed = ", ".join(sorted(kinds))[:200]
        if "architecture" not in kinds.values():
            return partial(
                HALF,
                _(
                    "The network comes back, but its architecture is not in the folder as JSON: model.to_json() "
                    "gives the text. Files: {files}.",
                    files=listed,
                ),
                expected=_("the architecture as JSON"),
                received=listed,
            )
        if all(kind in _WITH_ARCHITECTURE for kind in kinds.values()):
            return partial(
                HALF,
                _(
                    "The network comes back, but its weights have no file of their own, as "
                    "model.save_weights('….weights.h5') writes it; a file of model.save() holds the architecture, "
                    "too. Files: {files}.",
                    files=listed,
                ),
                expected=_("a file with the weights"),
                received=listed,
            )
        return self._judge_architecture(case, listed) or passed(_("The network comes back."))

    def _judge_architecture(self, case: Case, listed: str) -> Judgement | None:
        """Return what is wrong where a network of the grader's comes back without its architecture, too."""
        steps = (f"{self.load}@files:{UNREAD}", f"{self.load}@{UNREAD}", self._loaded(UNREAD))
        lost = next((step for step in steps if step not in case.steps), None)
        because = explain_failure(case.run, lost) if lost is not None else None
        if because is not None and because.status is Status.NOT_GRADED:
            return because
        difference = self._measure_difference(case, UNREAD)
        if difference is None or difference > CLOSE:
            return None
        return partial(
            HALF,
            _(
                "The network comes back, but {load}() does not need the architecture for it: where the JSON file "
                "is an empty object, it gives back the same network, from another file. Build the network from "
                "the JSON, as keras.models.model_from_json(text) does, and load the weights into it. Files: "
                "{files}.",
                load=self.load,
                files=listed,
            ),
            expected=_("a network that is built from the JSON"),
            received=_("the same network without it"),
        )

    def _measure_difference(self, case: Case, name: str) -> float | None:
        """Return how far the outputs of the network that came back are from the right ones; None for none."""
        graph, _arrays = self._read_graph(case, name)
        if graph is None:
            return None
        if name == OWN:
            received = read_fitted(case, graph, self._loaded(name), self.training).outputs
            after = read_network(case, self.training, case.seeds[0]).after
            expected = after.outputs if after is not None else {}
            pairs = [(received.get(role), outputs) for role, outputs in expected.items()]
        else:
            chain = self._find_chain(name)
            replay = case.replays.get(self._loaded(name))
            outputs = [replay.arrays[ref] for ref in replay.evidence.outputs] if replay is not None else []
            pairs = [(outputs[0] if outputs else None, chain.compute(self._arrays[self._rows_name(name)])[-1])]
        differences = [_measure(a, b) for a, b in pairs]
        finite = [d for d in differences if d is not None and np.isfinite(d)]
        return max(finite) if finite and len(finite) == len(pairs) else None

    def _explain_no_answer(self, case: Case, name: str) -> Judgement:
        because = explain_failure(case.run, self._loaded(name)) if self._loaded(name) in case.stops else None
        if because is not None and because.status is Status.NOT_GRADED:
            return because
        return failed(
            _(
                "{load}() gives back another network than the saved one: it does not take its rows, or gives "
                "outputs of another shape.",
                load=self.load,
            ),
            expected=_("the same network"),
            received=_("another network"),
        )


def _measure(received: Array | None, expected: Array) -> float | None:
    """Return the largest difference; None for another shape. What is no number has to be none on both sides."""
    if received is None or received.shape != expected.shape:
        return None
    if np.array_equal(received, expected, equal_nan=True):
        return 0.0
    return float(np.abs(received.astype(np.float64) - expected).max(initial=0.0))
