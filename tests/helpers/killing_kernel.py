"""Stands for the kernel of a machine out of memory: it really kills processes, and counts that in a file."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from grader.protocol.channel import EVIDENCE
from grader.sandbox import oom_kills
from grader.sandbox.receive import Awaited
from grader.sandbox.walled import WalledProcess


class KillingKernel:
    """Kills the process of a run when it was asked for evidence, as often as told, and counts that, or not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, *, counts: bool, kills: int) -> None:
        """Begin. `folder`: gets the counter, which is the only one from now on."""
        self.killed, self._left, self._counts = 0, kills, counts
        self._counter = folder / "proc" / "vmstat"
        self._counter.parent.mkdir(parents=True, exist_ok=True)
        self._write()
        monkeypatch.setattr(oom_kills, "PROC", folder / "proc")
        monkeypatch.setattr(oom_kills, "CGROUPS", folder / "groups")
        receive = Awaited.receive

        def receive_or_kill(awaited: Awaited, kind: bytes, nonce: bytes) -> Any:
            if self._left and kind == EVIDENCE:
                self._kill(awaited._process)
            return receive(awaited, kind, nonce)

        monkeypatch.setattr(Awaited, "receive", receive_or_kill)

    def _kill(self, process: object) -> None:
        assert isinstance(process, WalledProcess)
        self._left -= 1
        self.killed += 1
        self._write()  # first, as the kernel does
        os.kill(process._pid, signal.SIGKILL)

    def _write(self) -> None:
        self._counter.write_text(f"nr_free_pages 7\noom_kill {self.killed if self._counts else 0}\n")
