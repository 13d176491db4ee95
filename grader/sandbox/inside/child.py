"""The child process of a run: executes the submission, then the steps of the plan, and sends evidence after each.

The submission shares this process and may change anything in it, so what this process sends is a claim; see
`grader.protocol.evidence`.
"""

import contextlib
import os
import threading
from typing import Any

import msgspec
import numpy as np

from grader.protocol.channel import (
    END,
    EVIDENCE,
    FAULT,
    IMPORTED,
    SETUP,
    STEP,
    UNIT,
    WALLS,
    AttendedChannel,
    Channel,
)
from grader.protocol.evidence import (
    ImportEvidence,
    LayerTrial,
    Missing,
    ModelValue,
    Outcome,
    Raised,
    Returned,
    Skipped,
    StepEvidence,
    UnitFailure,
)
from grader.protocol.parcels import pack, unpack
from grader.protocol.plan import (
    Argument,
    ArrayArg,
    BuildBase,
    BuildChain,
    BuildStandIn,
    Call,
    Describe,
    FolderArg,
    HistoryArg,
    ListArg,
    LiteralArg,
    ReadFiles,
    ReadGlobal,
    Replay,
    ResultOf,
    ResultOrTruth,
    Setup,
    SetWeights,
    Step,
    TraceInTraining,
    TryLayer,
    WriteFiles,
    needs,
)
from grader.protocol.verdict import WallState
from grader.sandbox.inside import encode_figures, semaphores, substitutes
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.captured_io import CapturedIO
from grader.sandbox.inside.clock import Clock
from grader.sandbox.inside.determinism import make_deterministic, set_seed, set_tensorflow_seed
from grader.sandbox.inside.encode_values import encode, type_name
from grader.sandbox.inside.evidence_size import (
    EvidenceTooLargeError,
    describe_out_of_memory,
    describe_too_large,
    has_room_for_graph,
    pack_evidence,
)
from grader.sandbox.inside.fit_recorder import FitWatch
from grader.sandbox.inside.folders import handle_files, make_folder
from grader.sandbox.inside.global_settings import GlobalSettings
from grader.sandbox.inside.keras_facts import is_compiled, is_layer, is_model, made_history
from grader.sandbox.inside.layer_calls import refuse_layer_calls
from grader.sandbox.inside.layer_trial import try_layer
from grader.sandbox.inside.line_watch import LineWatch
from grader.sandbox.inside.model_inputs import OneInput, read_inputs
from grader.sandbox.inside.model_outputs import add_fitted, describe_for
from grader.sandbox.inside.model_state import ModelStates
from grader.sandbox.inside.replay import replay
from grader.sandbox.inside.stand_in import make_network
from grader.sandbox.inside.submission_module import SubmissionModule, describe_lazy, exception_facts, lazy_kind
from grader.sandbox.inside.substitute_modules import set_figure_graded

try:
    from grader.sandbox.inside import fast_fit
except Exception:  # noqa: BLE001 - it uses private parts of Keras, which another version may not have
    fast_fit = None  # type: ignore[assignment]


MAX_FAILURES = 100  # of cells that raise an exception: their messages have to fit into one record


def serve(channel: Channel, walls: tuple[WallState, ...]) -> None:
    """Serve one run: execute the submission that the first message names, then one step per message until the end.

    Args:
        channel: to the supervisor.
        walls: the state of each isolation feature, which is sent first; empty in plain mode.
    """
    channel.send(WALLS, msgspec.json.encode(walls))
    frame = channel.receive()
    if frame is None or frame.kind != SETUP:
        return
    try:
        setup, arrays = unpack(frame.body, Setup)
        nonce, frame = frame.nonce, None  # its bytes hold all arrays, also those that are not for this process
        names = tuple(arrays) if setup.arrays is None else setup.arrays
        _serve(channel, SubmissionRun(setup, {name: arrays.pop(name) for name in names}), nonce)
    except Exception as error:  # noqa: BLE001 - a fault of the grader, or the submission broke what is needed here
        channel.send(FAULT, f"{type_name(error)}: {error}"[:300].encode(errors="replace"))


def _serve(channel: Channel, run: "SubmissionRun", nonce: bytes) -> None:
    make_deterministic()
    semaphores.install_where_refused()
    if fast_fit is not None:
        fast_fit.install()
    watch = LineWatch(channel, run.module) if run.module is not None else None
    if run.module is not None and watch is not None:
        substitutes.install(run.module.submission, run.module.names, run.module.cells)
        with watch.during(nonce):
            evidence = run.bring_up(channel)
        channel.send(IMPORTED, pack_evidence(evidence, Store()), nonce)
    while (frame := channel.receive()) is not None and frame.kind == STEP:
        step = msgspec.json.decode(frame.body, type=Step)
        if isinstance(step, WriteFiles) and (files := channel.receive()) is not None:
            run.files = files.body
        with watch.during(frame.nonce) if watch is not None else contextlib.nullcontext():
            body = run.do(step)
        channel.send(EVIDENCE, body, frame.nonce)
    assert frame is None or frame.kind == END


class SubmissionRun:
    """A submission that is being executed: its module, and the live results of the steps so far."""

    def __init__(self, setup: Setup, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        self.arrays = arrays
        self.live: dict[str, object] = {}  # by id of the step: what it returned
        self.files = b""  # evidence with the files that the current step writes
        self.ended: set[str] = set()  # ids of the steps that ended without an exception
        self.captured_io = CapturedIO()
        self.fits = FitWatch()
        self.states = ModelStates()
        self.settings = GlobalSettings()  # those of the top level, once that has run
        self.module = SubmissionModule(setup.submission) if setup.submission is not None else None

    def bring_up(self, channel: Channel) -> ImportEvidence:
        """Execute the top level of the submission, unit by unit, and return its evidence."""
        assert self.module is not None
        set_seed(0)
        clock = Clock()
        failures: list[UnitFailure] = []
        for unit in self.module.submission.units:
            channel.send(UNIT, str(unit.cell or 0).encode())
            with self.captured_io.on(at_top_level=True):
                failure = self.module.execute(unit)
            failures += [failure] if failure is not None and len(failures) < MAX_FAILURES else []
        self.settings = GlobalSettings()
        return ImportEvidence(
            failures=tuple(failures),
            fits=len(self.fits.take(Store(), {})),
            early_returns=self.module.find_early_returns(),
            **self.captured_io.take(),
            **clock.spent(),
        )

    def do(self, step: Step) -> bytes:
        """Execute one step and return its packed evidence; what is too large to be kept says only that."""
        try:
            return self._execute(step)
        except MemoryError as error:  # the result of the submission was too large to be packed
            return pack(describe_out_of_memory(step, error), {})
        except EvidenceTooLargeError:
            return pack(describe_too_large(step), {})

    def _execute(self, step: Step) -> bytes:
        """Return the packed evidence of a step. Raises `EvidenceTooLargeError`."""
        store = Store()
        if isinstance(step, Replay):
            return pack_evidence(replay(step, self.arrays, store), store)
        missing = sorted(needs(step) - self.ended)
        if missing and not self._is_missing(step):
            return pack(StepEvidence(id=step.id, outcome=Skipped(step=missing[0])), {})
        self._restore_states(step)
        if isinstance(step, BuildStandIn | SetWeights | BuildChain | BuildBase):
            evidence = self._make_network(step)
        elif isinstance(step, Describe | TraceInTraining):
            evidence = self._describe(step, store)
        elif isinstance(step, TryLayer):
            evidence = self._try_layer(step, store)
        elif isinstance(step, ReadFiles | WriteFiles):
            evidence = StepEvidence(id=step.id, outcome=handle_files(step, self.files, store))
            self.ended |= {step.id} if isinstance(evidence.outcome, Returned) else set()
        else:
            evidence = self._read(step, store) if isinstance(step, ReadGlobal) else self._call(step, store)
        return pack_evidence(evidence, store)

    def _is_missing(self, step: Step) -> bool:
        """Return whether a step calls a function that there is not, which says more than what else it lacks."""
        if not isinstance(step, Call) or self.module is None:
            return False
        return not step.model_stands_in and not callable(self.module.names.get(step.function))

    def _make_network(self, step: BuildStandIn | SetWeights | BuildChain | BuildBase) -> StepEvidence:
        """Build a network, or change the weights of one; the submission gets it as an argument of a later step."""
        clock = Clock()
        model = make_network(step, self.arrays, self.live)
        if model is None:
            return StepEvidence(id=step.id, outcome=Skipped(step=step.id))
        self.live[step.id] = model
        self.ended.add(step.id)
        self.states.save(step.id, [model])
        value = ModelValue(type=type_name(model))
        return StepEvidence(id=step.id, outcome=Returned(value=value), **clock.spent())

    def _restore_states(self, step: Step) -> None:
        """Bring models to the state after the step that this one comes after, and settings to those at the top."""
        self.settings.restore()
        for name in needs(step) & set(self.live):
            self.states.restore(getattr(step, "after", "") or name, self.live[name])

    def _describe(self, step: Describe | TraceInTraining, store: Store) -> StepEvidence:
        clock = Clock()
        model = self.live.get(step.step)
        if not is_model(model):
            return StepEvidence(id=step.id, outcome=Skipped(step=step.step))
        inputs = read_inputs(step.inputs, self.arrays) if isinstance(step, Describe) else None
        sample = self.arrays[step.sample] if inputs is None else inputs.sample
        one_input = OneInput(model, inputs) if inputs is not None else None
        with self.captured_io.on():
            facts = describe_for(step, model, sample, store, self.fits.batch_form(model), one_input)
            is_trained = isinstance(step, Describe) and step.after and (facts.graph is not None or facts.outputs)
            if is_trained and has_room_for_graph(store.arrays.values()):
                facts = add_fitted(facts, self.fits.fitted.freeze(model, sample, store, one_input))
            self.states.save_first_weights(getattr(step, "after", "") or step.step, model)
        self.captured_io.take()
        self.ended.add(step.id)
        return StepEvidence(id=step.id, outcome=Returned(value=encode(None, store)), model=facts, **clock.spent())

    def _try_layer(self, step: TryLayer, store: Store) -> StepEvidence:
        assert self.module is not None
        clock = Clock()
        layer = self.live.get(step.step)
        if not is_layer(layer):
            return StepEvidence(id=step.id, outcome=Skipped(step=step.step))
        set_seed(step.seed)
        trial: LayerTrial | None = None
        outcome: Outcome = Returned(value=encode(None, store))
        try:
            with self.captured_io.on():
                is_shared = self.live.get(step.again) is layer
                trial = msgspec.structs.replace(try_layer(layer, step, self.arrays, store), is_shared=is_shared)
        except Exception as error:  # noqa: BLE001 - any code of the submission may run in a call
            outcome = Raised(exception=exception_facts(error, self.module))
        return StepEvidence(id=step.id, outcome=outcome, layer=trial, **self.captured_io.take(), **clock.spent())

    def _read(self, step: ReadGlobal, store: Store) -> StepEvidence:
        assert self.module is not None
        clock = Clock()
        outcome: Outcome = Missing(close=self.module.close_to(step.name, callables=False))
        if step.name in self.module.names:
            with self.captured_io.on():
                outcome = Returned(value=encode(self.module.names[step.name], store))
            self.ended.add(step.id)
        return StepEvidence(id=step.id, outcome=outcome, **self.captured_io.take(), **clock.spent())

    def _replace_missing(self, step: Call, type_found: str) -> StepEvidence:
        """Return the evidence of a missing function: `Missing`, or the only compiled model as its result.

        `type_found`: class name of the value that has the name and is no function; "" for none.
        """
        assert self.module is not None
        models = self._compiled_models() if step.model_stands_in and not type_found else {}
        close = self.module.close_to(step.function)
        if len(models) != 1 or close:
            within = self.module.find_enclosing(step.function)
            outcome = Missing(close=close, found=type_found, models=tuple(models), within=within)
            return StepEvidence(id=step.id, outcome=outcome)
        ((name, model),) = models.items()
        self.live[step.id] = model
        self.ended.add(step.id)
        self.states.save(step.id, [model])
        value = ModelValue(type=type_name(model), stands_in=name)
        return StepEvidence(id=step.id, outcome=Returned(value=value))

    def _compiled_models(self) -> dict[str, object]:
        """Return the compiled models among the globals, each once, however many names it has."""
        assert self.module is not None
        models: dict[int, tuple[str, object]] = {}
        for name, value in list(self.module.names.items()):
            if is_compiled(value):
                models.setdefault(id(value), (str(name)[:80], value))
        return dict(models.values())

    def _call(self, step: Call, store: Store) -> StepEvidence:
        assert self.module is not None
        function = self.module.names.get(step.function)
        if not callable(function):
            return self._replace_missing(step, "" if function is None else type_name(function))
        arguments = [self._resolve_argument(a) for a in step.arguments]
        before = [a.copy() if isinstance(a, np.ndarray) else None for a in arguments]
        threads = threading.active_count()
        clock = Clock()
        self.fits.sample = self.arrays[step.freeze] if step.freeze else None
        self.fits.inputs = read_inputs(step.inputs, self.arrays)
        outcome = self._call_function(step, function, arguments, store)
        if isinstance(outcome, Returned):
            pairs = enumerate(zip(arguments, before, strict=True))
            changed = tuple(i for i, (a, b) in pairs if b is not None and _differ(a, b))
            outcome = msgspec.structs.replace(outcome, mutated=changed)
            self.states.save(step.id, [*arguments, self.live.get(step.id)])
            self.ended.add(step.id)
        return StepEvidence(
            id=step.id,
            outcome=outcome,
            fits=self.fits.take(store, self.live),
            threads_left=max(0, threading.active_count() - threads),
            **self.captured_io.take(),
            **clock.spent(),
        )

    def _call_function(self, step: Call, function: Any, arguments: list[object], store: Store) -> Outcome:
        assert self.module is not None
        set_seed(step.seed)
        if step.tensorflow_seed is not None:
            set_tensorflow_seed(step.tensorflow_seed)
        set_figure_graded(step.figure)
        try:
            with self.captured_io.on(), refuse_layer_calls() if step.refuses_layers else contextlib.nullcontext():
                value = function(*arguments)
                if kind := lazy_kind(function):
                    return Raised(exception=describe_lazy(function, kind, self.module))
                self.live[step.id] = value
                if step.figure and (figure := encode_figures.find(value)) is not None:
                    return Returned(value=encode_figures.describe(figure, store))
                return Returned(value=encode(value, store))
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are the student's as well
            return Raised(exception=exception_facts(error, self.module))

    def _resolve_argument(self, argument: Argument) -> object:
        """Return the value of an argument. Arrays are fresh copies, for functions may write to what they get."""
        match argument:
            case ArrayArg(name=name, row_count=count):
                return self.arrays[name][: count or None].copy()
            case ListArg(name=name):
                return self.arrays[name].tolist()
            case LiteralArg(value=value):
                return value
            case ResultOf(step=step):
                return self.live[step]
            case FolderArg(name=name):
                return str(make_folder(name))
            case HistoryArg(series=series):
                return made_history(dict(series))
            case ResultOrTruth(step=step, name=name):
                return self._choose_right(self.live.get(step), self.arrays[name])

    def _choose_right(self, value: object, truth: np.ndarray[Any, Any]) -> object:
        """Return a result of the submission as an array if it equals the right one, else the right one."""
        with contextlib.suppress(Exception):
            array = np.array(value)
            if array.shape == truth.shape and np.array_equal(array.astype(truth.dtype), truth):
                return array
        return truth.copy()


def _differ(a: Any, b: np.ndarray[Any, Any]) -> bool:
    """Return whether an array has changed, by its bytes: functions of NumPy may be the submission's by now."""
    return bool(a.shape != b.shape or a.dtype != b.dtype or a.tobytes() != b.tobytes())


def _end_session() -> None:
    """Kill all that the submission started, where this process is the leader of a session of its own."""
    if hasattr(os, "killpg") and os.getsid(0) == os.getpid():
        os.killpg(0, 9)


def main() -> None:
    """Serve one run on the standard streams, in plain mode."""
    # Isolated children are ended by the worker. Here, an endless step would outlive the command that asked for it.
    channel = AttendedChannel(os.dup(0), os.dup(1), _end_session)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    serve(channel, ())
    os._exit(0)


if __name__ == "__main__":
    main()
