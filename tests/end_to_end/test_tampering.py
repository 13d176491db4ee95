"""Submissions that change the process around them: without effect, or without points, and never on others."""

# ruff: noqa: E501 - a submission in one line reads better than one in many pieces

import ast
import os
import re
from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.protocol.evidence import Entries, Returned, StepEvidence, TextValue
from grader.protocol.parcels import pack, unpack
from grader.protocol.plan import Call, Limits, Plan
from grader.sandbox.run import execute_plan
from grader.sandbox.walled import WalledEnvironment, WalledProcess
from grader.submission.reader import read
from tests.end_to_end.conftest import COURSE, HERE, Grade, all_but, criterion, statuses, written

ONE_HOT = "def one_hot(y):\n    "
RIGHT = "\n    return np.eye(10)[y]\n"

HARMLESS = {
    "closed streams": "import sys\nsys.stdout.close(); sys.stderr.close()\n" + ONE_HOT + "print(1); sys.stdout.close()" + RIGHT,
    "no streams": "import sys\nsys.stdout = sys.stderr = sys.stdin = None\n" + ONE_HOT + "print(1)" + RIGHT,
    "bytes on the stream": "import sys\n" + ONE_HOT + "sys.stdout.reconfigure(encoding='utf-8'); sys.stdout.buffer.write(b'\\xff')" + RIGHT,
    "no Unicode": ONE_HOT + "print('\\ud800')" + RIGHT,
    "another folder": ONE_HOT + "import os; os.chdir('/')" + RIGHT,
    "files deleted": "import shutil\nshutil.rmtree('/', ignore_errors=True); shutil.rmtree('.', ignore_errors=True)",
    "warnings are errors": "import warnings\nwarnings.simplefilter('error')",
    "logging": "import logging, sys\nlogging.basicConfig(level=0, stream=sys.stdout)\n" + ONE_HOT + "logging.info('x')" + RIGHT,
    "at exit": "import atexit, time\natexit.register(time.sleep, 1e6)",
    "no garbage collection": "import gc\ngc.disable()",
    "deep recursion": "import sys\nsys.setrecursionlimit(10**9)",
    "little recursion": "import sys\nsys.setrecursionlimit(60)",
    "traced": "import sys\nsys.settrace(lambda *a: None); sys.setprofile(lambda *a: None)",
    "no imports": "import sys\nsys.path.clear(); sys.meta_path.clear(); sys.excepthook = None",
    "json": "import json\njson.dumps = json.loads = json.JSONEncoder = None",
    "__main__": "import __main__\n__main__.__dict__.clear()",
    "ignored signals": "import signal\nfor s in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU): signal.signal(s, signal.SIG_IGN)",
}  # fmt: skip


@pytest.mark.parametrize("case", HARMLESS)
def test_what_touches_only_the_submission_is_harmless(grade: Grade, case: str) -> None:
    verdict = grade(HARMLESS[case])
    assert [(c.id, c.message) for c in verdict.criteria if c.status != "passed"] == []
    assert verdict.certification[0].agrees


# What it changes, and the statuses that are right: points only where the answers are right.
BROKEN = {
    "modules": "import sys\nfor name in list(sys.modules):\n    if name.startswith(('msgspec', 'grader')): del sys.modules[name]\n" + ONE_HOT + "return y",
    "all modules": "import sys\nsys.modules.clear()\n" + ONE_HOT + "return y",
    "builtins": "import builtins\nbuiltins.len = lambda x: 13\nbuiltins.isinstance = lambda *a: True",
    "no builtins": "import builtins\nbuiltins.__dict__.clear()",
    "comparison": "np.allclose = np.array_equal = lambda *a, **k: True\n" + ONE_HOT + "return y",
    "arrays": "truth = np.eye(10)[[*range(10), 3, 1, 4]]\nnp.asarray = np.array = lambda *a, **k: truth\n" + ONE_HOT + "return [[1]]",
    "no comparison": "np.array_equal = None\n" + ONE_HOT + "return y",
    "archives": "np.savez = lambda *a, **k: None\n" + ONE_HOT + "return y",
    "seeds": "import keras\nkeras.utils.set_random_seed = None\n" + ONE_HOT + "return y",
    "descriptors": ONE_HOT + "import os; os.closerange(0, 256)",
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_breaking_the_grader_inside_gains_nothing(grade: Grade, case: str) -> None:
    verdict = grade(BROKEN[case])
    assert criterion(verdict, "one_hot").status in {"failed", "not_graded"}
    assert not verdict.certified


def test_a_fault_inside_says_what_failed_and_is_nobodys_mark(grade: Grade) -> None:
    verdict = grade("import threading\nthreading.active_count = None")
    assert set(statuses(verdict).values()) == {"not_graded"}
    assert "TypeError: 'NoneType' object is not callable" in criterion(verdict, "scale").message
    assert verdict.status == "not_graded"


def test_ignoring_signals_does_not_stop_the_clock(grade: Grade) -> None:
    code = "import signal\nfor s in signal.valid_signals() - {9, 19}: signal.signal(s, signal.SIG_IGN)\nwhile True: pass"
    verdict = grade(ONE_HOT + code.replace("\n", "\n    "))
    assert "did not come to an end in time" in criterion(verdict, "one_hot").message
    assert all_but(verdict, "one_hot") == {"passed"}


def test_a_stopped_process_is_ended(grade: Grade) -> None:
    verdict = grade(ONE_HOT + "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")
    assert "did not come to an end in time" in criterion(verdict, "one_hot").message
    assert all_but(verdict, "one_hot") == {"passed"}


def test_killing_everything_kills_nothing_else(grade: Grade) -> None:
    verdict = grade(ONE_HOT + "import os\n    for p in (-1, 1): os.kill(p, 9)")
    assert criterion(verdict, "one_hot").status == "failed"
    assert grade("").points == 100


# What a submission can find out.

SNOOP = """
import gc, importlib, os, sys

def look():
    seen = {"arrays": [], "objects": [], "folders": {}, "files": []}
    for found in gc.get_objects():
        kind = type(found).__name__
        if isinstance(found, np.ndarray):
            seen["arrays"].append(len(found) if np.ndim(found) else 0)
        elif kind in {"Rubric", "Criterion", "Data", "Examiner", "Case", "Verdict", "Held"}:
            seen["objects"].append(kind)
    for name in ("checks", "checks.histories", "examiner", "judge", "certify", "exhibits"):
        try:
            importlib.import_module("grader." + name)
        except ImportError:
            pass
    seen["modules"] = [name for name in sys.modules if name.startswith("grader") or "rubric" in name]
    for folder in FOLDERS:
        try:
            os.listdir(folder)
            seen["folders"][folder] = "open"
        except OSError:
            seen["folders"][folder] = "closed"
    for name in ("/proc/1/environ", "/proc/self/environ", "/proc/1/mem"):
        try:
            seen["files"].append(open(name, "rb").read(9999))
        except OSError:
            pass
    seen["environment"] = dict(os.environ)
    seen["processes"] = [name for name in os.listdir("/proc") if name.isdigit()]
    text = repr(seen)
    return {str(i): text[i:i + 3000] for i in range(0, len(text), 3000)}
"""


def test_nothing_of_worth_is_within_reach(grader: Grader, tmp_path: Path) -> None:
    assert os.environ["SECRET"]
    root = HERE.parents[1]
    folders = [
        str(root / "exercises"),
        str(root / "reference"),
        str(COURSE.folder),
        str(tmp_path),
        "/etc",
        "/proc/1/fd",
    ]
    submission = read(written(tmp_path, SNOOP.replace("FOLDERS", repr(folders))))
    plan = Plan(exercise="any", limits=Limits(), steps=(Call(id="look@all", function="look"),))
    run = execute_plan(grader.environment, pack(plan, {}), submission)
    outcome = unpack(run.bodies["look@all"], StepEvidence)[0].outcome
    assert isinstance(outcome, Returned)
    assert isinstance(outcome.value, Entries)
    seen = ast.literal_eval("".join(part.text for _, part in outcome.value.entries if isinstance(part, TextValue)))
    assert set(seen["folders"].values()) == {"closed"}
    assert seen["objects"] == []
    assert not {450, 1797} & set(seen["arrays"])  # held-out rows, or all of them, with or without labels
    assert not [
        name for name in seen["modules"] if re.search("rubric|checks|examiner|judge|certify|exhibits", name)
    ]
    assert [held for held in seen["files"] if b"=" in held] == []
    assert "SECRET" not in seen["environment"]
    assert len(seen["processes"]) == 2


def test_no_process_is_left_behind(grade: Grade, grader: Grader) -> None:
    grade(ONE_HOT + "import threading, time; threading.Thread(target=time.sleep, args=(1e6,)).start()" + RIGHT)
    grade(ONE_HOT + "while True: pass")
    assert isinstance(grader.environment, WalledEnvironment)
    worker = grader.environment._worker.pid
    assert len(Path(f"/proc/{worker}/task/{worker}/children").read_text().split()) == 0


def test_the_scratch_folder_is_taken_away(grader: Grader) -> None:
    process = grader.environment.launch(Limits())
    assert isinstance(process, WalledProcess)
    assert Path(process._scratch).is_dir()
    process.end(grace=0.0)
    assert not Path(process._scratch).exists()
