"""The run inside the wall: brings the submission up, does the steps of the plan, sends evidence after each.

The submission shares this process and may change anything in it. What leaves here is a claim; see
`grader.protocol.evidence`.
"""

import contextlib
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

import keras
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
    Frame,
)
from grader.protocol.evidence import (
    MAX_STEP_BYTES,
    ExceptionFacts,
    ImportEvidence,
    Missing,
    ModelValue,
    Outcome,
    Raised,
    Returned,
    Skipped,
    StepEvidence,
    Stopped,
    StopReason,
)
from grader.protocol.parcels import pack, unpack
from grader.protocol.plan import (
    Argument,
    ArrayArg,
    Call,
    Describe,
    HistoryArg,
    ListArg,
    LiteralArg,
    ReadGlobal,
    Replay,
    ResultOf,
    ResultOrTruth,
    Setup,
    Step,
    needs,
)
from grader.protocol.verdict import WallState
from grader.sandbox.inside import encode_figures
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.captured_io import CapturedIO
from grader.sandbox.inside.encode_values import encode, type_name
from grader.sandbox.inside.fit_recorder import FitWatch
from grader.sandbox.inside.keras_facts import describe, is_compiled, is_model, made_history
from grader.sandbox.inside.replay import replay
from grader.sandbox.inside.submission_module import SubmissionModule, exception_facts

try:
    from grader.sandbox.inside import fast_fit
except Exception:  # noqa: BLE001 - made of Keras's inner parts, which another Keras may not have
    fast_fit = None  # type: ignore[assignment]


def serve(channel: Channel, walls: tuple[WallState, ...]) -> None:
    """Do one run: say which walls stand, take the set-up, bring the submission up, then do steps until the end."""
    channel.send(WALLS, msgspec.json.encode(walls))
    frame = channel.receive()
    if frame is None or frame.kind != SETUP:
        return
    try:
        _serve(channel, frame)
    except Exception as error:  # noqa: BLE001 - a fault of ours, or the submission broke what is needed here
        channel.send(FAULT, f"{type_name(error)}: {error}"[:300].encode(errors="replace"))


def _serve(channel: Channel, begin: Frame) -> None:
    setup, arrays = unpack(begin.body, Setup)
    _make_deterministic()
    if fast_fit is not None:
        fast_fit.install()
    run = SubmissionRun(setup, arrays)
    if setup.submission is not None:
        evidence = run.bring_up(channel)
        channel.send(IMPORTED, _packed(evidence, {}), begin.nonce)
    while (frame := channel.receive()) is not None and frame.kind == STEP:
        step = msgspec.json.decode(frame.body, type=Step)
        channel.send(EVIDENCE, run.do(step), frame.nonce)
    assert frame is None or frame.kind == END


def _make_deterministic() -> None:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    original = np.random.default_rng

    def default_rng(seed: Any = None) -> np.random.Generator:
        # An unseeded generator would give another mark at every run; this one follows the seed of the step.
        return original(np.random.randint(2**31) if seed is None else seed)

    np.random.default_rng = default_rng


class SubmissionRun:
    """One submission, alive: its names, and what its functions returned."""

    def __init__(self, setup: Setup, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        self.arrays = arrays
        self.live: dict[str, object] = {}
        self.ended: set[str] = set()
        self.stage = CapturedIO()
        self.fits = FitWatch()
        self.guest = SubmissionModule(setup.submission) if setup.submission is not None else None

    def bring_up(self, channel: Channel) -> ImportEvidence:
        """Execute the submission, unit by unit."""
        assert self.guest is not None
        keras.utils.set_random_seed(0)
        clock = Clock()
        failures = []
        for unit in self.guest.submission.units:
            channel.send(UNIT, str(unit.cell or 0).encode())
            with self.stage.on():
                failure = self.guest.execute(unit)
            failures += [failure] if failure is not None else []
        return ImportEvidence(
            failures=tuple(failures),
            fits=len(self.fits.take(Store())),
            **self.stage.take(),
            **clock.spent(),
        )

    def do(self, step: Step) -> bytes:
        """Do one step and return its evidence, packed."""
        try:
            body = self._do(step)
        except MemoryError as error:  # what the submission left was too large to be packed
            evidence = StepEvidence(id=step.id, outcome=Raised(exception=_out_of_memory(error)))
            return pack(evidence, {})
        if len(body) > MAX_STEP_BYTES:
            return pack(StepEvidence(id=step.id, outcome=Stopped(reason=StopReason.TOO_LARGE)), {})
        return body

    def _do(self, step: Step) -> bytes:
        store = Store()
        if isinstance(step, Replay):
            return pack(replay(step, self.arrays, store), store.arrays)
        lacking = sorted(needs(step) - self.ended)
        if lacking:
            return pack(StepEvidence(id=step.id, outcome=Skipped(step=lacking[0])), {})
        if isinstance(step, Describe):
            evidence = self._describe(step, store)
        else:
            evidence = self._read(step, store) if isinstance(step, ReadGlobal) else self._call(step, store)
        return _packed(evidence, store.arrays)

    def _describe(self, step: Describe, store: Store) -> StepEvidence:
        clock = Clock()
        model = self.live.get(step.step)
        if not is_model(model):
            return StepEvidence(id=step.id, outcome=Skipped(step=step.step))
        with self.stage.on():
            facts = describe(model, self.arrays[step.sample], store)
        self.stage.take()
        self.ended.add(step.id)
        return StepEvidence(id=step.id, outcome=Returned(value=encode(None, store)), model=facts, **clock.spent())

    def _read(self, step: ReadGlobal, store: Store) -> StepEvidence:
        assert self.guest is not None
        clock = Clock()
        outcome: Outcome = Missing(close=self.guest.close_to(step.name, callables=False))
        if step.name in self.guest.names:
            with self.stage.on():
                outcome = Returned(value=encode(self.guest.names[step.name], store))
            self.ended.add(step.id)
        return StepEvidence(id=step.id, outcome=outcome, **self.stage.take(), **clock.spent())

    def _missing(self, step: Call, found: str) -> StepEvidence:
        """Return that there is no such function; or the model that stands in for what it would have returned."""
        assert self.guest is not None
        models = self._compiled_models() if step.model_stands_in and not found else {}
        close = self.guest.close_to(step.function)
        if len(models) != 1 or close:
            return StepEvidence(id=step.id, outcome=Missing(close=close, found=found, models=tuple(models)))
        ((name, model),) = models.items()
        self.live[step.id] = model
        self.ended.add(step.id)
        value = ModelValue(type=type_name(model), stands_in=name)
        return StepEvidence(id=step.id, outcome=Returned(value=value))

    def _compiled_models(self) -> dict[str, object]:
        """Return the compiled models among the globals, each once, however many names it has."""
        assert self.guest is not None
        found: dict[int, tuple[str, object]] = {}
        for name, value in list(self.guest.names.items()):
            if is_compiled(value):
                found.setdefault(id(value), (str(name)[:80], value))
        return dict(found.values())

    def _call(self, step: Call, store: Store) -> StepEvidence:
        assert self.guest is not None
        function = self.guest.names.get(step.function)
        if not callable(function):
            return self._missing(step, "" if function is None else type_name(function))
        arguments = [self._argument(a) for a in step.arguments]
        before = [a.copy() if isinstance(a, np.ndarray) else None for a in arguments]
        threads = threading.active_count()
        clock = Clock()
        outcome = self._outcome(step, function, arguments, store)
        if isinstance(outcome, Returned):
            changed = tuple(
                i
                for i, (a, b) in enumerate(zip(arguments, before, strict=True))
                if b is not None and _differ(a, b)
            )
            outcome = msgspec.structs.replace(outcome, mutated=changed)
            self.ended.add(step.id)
        return StepEvidence(
            id=step.id,
            outcome=outcome,
            fits=self.fits.take(store),
            threads_left=max(0, threading.active_count() - threads),
            **self.stage.take(),
            **clock.spent(),
        )

    def _outcome(self, step: Call, function: Any, arguments: list[object], store: Store) -> Outcome:
        assert self.guest is not None
        keras.utils.set_random_seed(step.seed)
        try:
            with self.stage.on():
                value = function(*arguments)
                self.live[step.id] = value
                if step.figure and (figure := encode_figures.find(value)) is not None:
                    return Returned(value=encode_figures.describe(figure, store))
                return Returned(value=encode(value, store))
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are the student's as well
            return Raised(exception=exception_facts(error, self.guest))

    def _argument(self, argument: Argument) -> object:
        """Return the argument itself; arrays are fresh copies, for functions may write to what they get."""
        match argument:
            case ArrayArg(name=name):
                return self.arrays[name].copy()
            case ListArg(name=name):
                return self.arrays[name].tolist()
            case LiteralArg(value=value):
                return value
            case ResultOf(step=step):
                return self.live[step]
            case HistoryArg(series=series):
                return made_history(dict(series))
            case ResultOrTruth(step=step, name=name):
                return self._trusted(self.live.get(step), self.arrays[name])

    def _trusted(self, value: object, truth: np.ndarray[Any, Any]) -> object:
        with contextlib.suppress(Exception):
            array = np.array(value)
            if array.shape == truth.shape and np.array_equal(array.astype(truth.dtype), truth):
                return array
        return truth.copy()


def _out_of_memory(error: MemoryError) -> ExceptionFacts:
    return ExceptionFacts(type="MemoryError", message=str(error)[:300], bases=("MemoryError",))


def _packed(evidence: StepEvidence | ImportEvidence, arrays: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    """Pack evidence. Texts of the submission's that are no Unicode get question marks: JSON cannot hold them."""
    try:
        return pack(evidence, arrays)
    except UnicodeEncodeError:
        return pack(_valid(msgspec.to_builtins(evidence)), arrays)


def _valid(tree: Any) -> Any:
    if isinstance(tree, str):
        return tree.encode(errors="replace").decode()
    if isinstance(tree, dict):
        return {_valid(key): _valid(value) for key, value in tree.items()}
    return [_valid(value) for value in tree] if isinstance(tree, list | tuple) else tree


def _differ(a: Any, b: np.ndarray[Any, Any]) -> bool:
    return bool(a.shape != b.shape or not np.array_equal(a, b, equal_nan=b.dtype.kind == "f"))


class Clock:
    """Wall and processor time from now on."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def spent(self) -> dict[str, Any]:
        """Return the seconds since the start."""
        return {
            "wall_seconds": time.perf_counter() - self.wall,
            "cpu_seconds": time.process_time() - self.cpu,
        }


def _end_session() -> None:
    """End all that the submission started, where this process is the first of a session of its own."""
    if hasattr(os, "killpg") and os.getsid(0) == os.getpid():
        os.killpg(0, 9)


def main() -> None:
    """Serve one run on the standard streams: the plain mode, without walls."""
    # Behind walls the worker sees to the end of whoever asks. Here, a step without end would go on.
    channel = AttendedChannel(os.dup(0), os.dup(1), _end_session)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    serve(channel, ())
    os._exit(0)


if __name__ == "__main__":
    main()
