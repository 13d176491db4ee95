"""Children that a test plays: threads that answer over real channels, and do wrong what a submission may do."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from grader.protocol.channel import (
    END,
    EVIDENCE,
    FAULT,
    IMPORTED,
    PLACE,
    SETUP,
    UNIT,
    WALLS,
    Channel,
    Frame,
    Inbox,
    InterruptibleChannel,
    ProtocolError,
)
from grader.protocol.evidence import StopReason
from grader.protocol.parcels import unpack_record
from grader.protocol.plan import Limits, Setup
from grader.protocol.submission import Submission
from grader.protocol.verdict import WallState
from grader.sandbox.environment import Exit, Process

STANDING = WallState("user_namespace", stands=True)

Act = Callable[[Channel, Frame], bool]
"""Answers a message; returns whether the child goes on."""


def answer(body: bytes = b"{}", kind: bytes = EVIDENCE) -> Act:
    """Return the act of answering, with the nonce of what was asked."""

    def act(channel: Channel, asked: Frame) -> bool:
        channel.send(kind, body, asked.nonce)
        return True

    return act


def end(_channel: Channel, _asked: Frame) -> bool:
    """End without an answer."""
    return False


def hang(channel: Channel, _asked: Frame) -> bool:
    """Do nothing until it is killed."""
    channel.receive()
    return False


def forge(channel: Channel, _asked: Frame) -> bool:
    """Answer with a nonce of its own."""
    channel.send(EVIDENCE, b"", b"x" * 16)
    return True


def say_line(line: int, then: Act) -> Act:
    """Return the act of saying which line runs before another act."""

    def act(channel: Channel, asked: Frame) -> bool:
        channel.send(PLACE, json.dumps({"line": line, "function": "f"}).encode(), asked.nonce)
        return then(channel, asked)

    return act


def fail(channel: Channel, _asked: Frame) -> bool:
    """Say that something of the grader's own failed."""
    channel.send(FAULT, b"why")
    return True


@dataclass
class Child:
    """What one child does, and what it was told."""

    acts: Mapping[str, Act] = field(default_factory=dict)  # by id of a step; others are answered
    top: Act = field(default_factory=lambda: answer(b"{}", IMPORTED))  # after the file was executed
    units: tuple[bytes, ...] | None = None  # the cells that it says it starts; None for those of the submission
    exit: Exit = Exit(0, 1.5)  # noqa: RUF009 - a frozen record
    exceeded: StopReason | None = None
    peak: float = 1.0
    waited: float = 0.0  # seconds for which it has waited for a processor
    starts: bool = True
    asked: list[str] = field(default_factory=list)  # ids of the steps
    submission: Submission | None = None
    was_ended: bool = False  # it was told that no further step comes
    was_killed: bool = False
    grace: float | None = None  # seconds that it got to end

    def play(self, channel: Channel) -> None:
        """Answer until the other side ends, or one of the acts does."""
        if not self.starts:
            return
        channel.send(WALLS, json.dumps([{"id": STANDING.id, "stands": True}]).encode())
        setup = channel.receive()
        assert setup is not None
        assert setup.kind == SETUP
        self.submission = unpack_record(setup.body, Setup).submission
        if self.submission is not None:
            units = self.units or tuple(str(unit.cell or 0).encode() for unit in self.submission.units)
            for unit in units:
                channel.send(UNIT, unit)
            if len(units) < len(self.submission.units) or not self.top(channel, setup):
                return
        while (asked := channel.receive()) is not None and asked.kind != END:
            step = json.loads(asked.body)["id"]
            self.asked.append(step)
            if not self.acts.get(step, answer(step.encode()))(channel, asked):
                return
        self.was_ended = asked is not None


class PlayedProcess:
    """The process of a child that a test plays."""

    def __init__(self, child: Child) -> None:
        (reader, child_writer), (child_reader, writer) = os.pipe(), os.pipe()
        self.child = child
        self.channel: Channel = InterruptibleChannel(reader, writer)
        self._inside = InterruptibleChannel(child_reader, child_writer)
        self.inbox = Inbox(self.channel)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.has_ended = threading.Event()

    def _run(self) -> None:
        try:
            self.child.play(self._inside)
        except (OSError, ProtocolError):  # the other side has ended
            pass
        finally:
            self._inside.close()

    @property
    def exceeded(self) -> StopReason | None:
        """The limit that the child has exceeded."""
        return self.child.exceeded

    def waited_seconds(self) -> float:
        """Return for how long the child is said to have waited for a processor."""
        return self.child.waited

    def kill(self) -> None:
        """End the child."""
        self.child.was_killed = True
        self._inside.stop()

    def end(self, grace: float) -> Exit:
        """Wait for the end of the child."""
        self.child.grace = grace
        if not grace:
            self.kill()
        self._thread.join()
        self.inbox.close()
        self.has_ended.set()
        return self.child.exit

    def peak_mib(self) -> float:
        """Return the peak that the child is said to have."""
        return self.child.peak


class PlayedEnvironment:
    """Starts children one after the other, then such that answer everything."""

    mode: Literal["walls", "plain"] = "walls"

    def __init__(self, *children: Child, libraries: bool = False) -> None:
        self.children, self.started, self.processes = list(children), list[Child](), list[PlayedProcess]()
        self.libraries = libraries  # whether there is something to import
        self.imports = 0

    def launch(self, _limits: Limits) -> Process:
        """Start the next child."""
        child = self.children.pop(0) if self.children else Child()
        self.started.append(child)
        self.processes.append(PlayedProcess(child))
        return self.processes[-1]

    def import_libraries(self) -> bool:
        """Count that libraries were asked for."""
        self.imports += 1
        return self.libraries

    def walls(self) -> tuple[WallState, ...]:
        """Return what each child says."""
        return (STANDING,)

    def prepare(self) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None: ...
