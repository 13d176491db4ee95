"""What this machine can do: versions and walls."""

import platform
import sys

from rich.console import Console
from rich.table import Table

from grader.grade import versions
from grader.sandbox.supervisor import SandboxError
from grader.text import T, Translator
from grader.verdict import WallState


def examine(console: Console, say: Translator) -> bool:
    """Print what there is; returns whether every wall stands and everything is installed."""
    table = Table(title=say(T("Versions")))
    table.add_column(say(T("What")))
    table.add_column(say(T("Version")))
    found = versions()
    rows = {
        "Python": found.python,
        "TensorFlow": found.tensorflow,
        "Keras": found.keras,
        "NumPy": found.numpy,
        "scikit-learn": found.scikit_learn,
        "grader": found.grader,
        say(T("system")): f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    missing = [name for name, version in rows.items() if not version]
    for name, version in rows.items():
        table.add_row(name, version or say(T("missing: install it with pip install keras-grader")))
    console.print(table)
    return _walls(console, say) and not missing


def _walls(console: Console, say: Translator) -> bool:
    if sys.platform != "linux":
        console.print(
            say(T("Walls: none on this system. Check only your own code here; grade what others wrote on Linux."))
        )
        return False
    from grader.sandbox.walled import WalledWorkshop

    try:
        with WalledWorkshop() as workshop:
            states = workshop.walls()
    except SandboxError as error:
        console.print(say(T("The warm worker could not be started: {error}", error=str(error))), markup=False)
        return False
    _print_walls(states, console, say)
    return all(state.stands for state in states)


def _print_walls(states: tuple[WallState, ...], console: Console, say: Translator) -> None:
    table = Table(title=say(T("Walls, each tried by a canary")))
    for heading in (T("Wall"), T("Holds"), T("Detail")):
        table.add_column(say(heading))
    for state in states:
        table.add_row(state.id, say(T("yes")) if state.stands else say(T("NO")), state.detail)
    console.print(table)
