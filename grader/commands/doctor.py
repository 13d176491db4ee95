"""Find out what this machine can do, print it, and name the command that mends what is missing."""

import platform

from rich.console import Console
from rich.table import Table

from grader.commands import installation
from grader.commands.installation import MissingRequirement
from grader.commands.progress import choose_mode
from grader.core.errors import SandboxError
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.grading.isolation import PREVENTED
from grader.grading.results import Mode
from grader.grading.versions import versions
from grader.protocol.processes import worker_environment
from grader.protocol.verdict import WallState

LONGEST = 300  # characters of what Python said


def examine_machine(console: Console, translate: Translator) -> bool:
    """Print what there is, and what to do about what there is not.

    Returns whether nothing is missing: neither a package, nor, on Linux, a wall. Elsewhere there are no walls, and
    what a student needs is enough.
    """
    return _Doctor(console, translate).examine()


class _Doctor:
    def __init__(self, console: Console, translate: Translator) -> None:
        self.console, self.translate = console, translate

    def examine(self) -> bool:
        """Look at everything, from the surest to the least sure."""
        complete = self._packages()
        runs = complete and self._runs()
        self._hints()
        if runs and choose_mode(plain=False) is Mode.PLAIN:
            message = _(
                "Walls: none on this system, so that code runs in plain processes. For your own work everything "
                "is there. Grade what others wrote on Linux."
            )
            self._print(message)
        return runs

    def _print(self, words: Message, command: str = "") -> None:
        self.console.print(self.translate(words), markup=False, highlight=False, soft_wrap=True)
        if command:
            self.console.print(f"    {command}", markup=False, highlight=False, soft_wrap=True)

    def _packages(self) -> bool:
        """Print the versions; returns whether every requirement is met."""
        requirements = installation.read_requirements()
        if requirements is None:
            self._versions(())
            self._print(_("The grader is not installed for this Python, so that nothing tells what it needs."))
            return False
        try:
            all_missing = installation.find_missing_requirements(requirements)
        except ImportError:  # what reads requirements is one itself
            all_missing = (MissingRequirement("packaging", "packaging", "", ""),)
        self._versions(all_missing)
        fits, needed = installation.check_python_version()
        if not fits:
            self._print(
                _(
                    "Python {found} does not fit, wanted: {wanted}. Install another one, and the grader for it.",
                    found=platform.python_version(),
                    wanted=needed,
                )
            )
        if all_missing:
            command = installation.build_pip_command("install", *(missing.requirement for missing in all_missing))
            self._print(_("Some packages are missing or do not fit. This mends it:"), command)
            if any(missing.name.startswith("tensorflow") for missing in all_missing):
                message = _(
                    "If pip finds no TensorFlow: there are builds of it for Python 3.11 to 3.13, on 64-bit Linux "
                    "and Windows, and on Macs with Apple's own processors."
                )
                self._print(message)
        return fits and not all_missing

    def _versions(self, all_missing: tuple[MissingRequirement, ...]) -> None:
        table = Table(title=self.translate(_("Versions")))
        for heading in (_("What"), _("Version")):
            table.add_column(self.translate(heading), overflow="fold")
        installed = versions()
        rows = {
            "Python": installed.python,
            "TensorFlow": installed.tensorflow,
            "Keras": installed.keras,
            "NumPy": installed.numpy,
            "scikit-learn": installed.scikit_learn,
            "grader": installed.grader,
            self.translate(_("system")): f"{platform.system()} {platform.release()} {platform.machine()}",
        }
        for name, version in rows.items():
            table.add_row(name, version or self.translate(_("missing")))
        for missing in all_missing:
            if missing.installed:
                message = _(
                    "{found} does not fit, wanted: {wanted}", found=missing.installed, wanted=missing.needed
                )
            else:
                message = _("missing")
            table.add_row(missing.name, self.translate(message))
        self.console.print(table)

    def _runs(self) -> bool:
        """Whether what is installed can be imported, and on Linux also whether all walls stand."""
        if choose_mode(plain=False) is Mode.PLAIN:
            return self._imports()
        from grader.sandbox.walled import WalledEnvironment

        try:
            with WalledEnvironment() as environment:
                states = environment.walls()
        except SandboxError as error:
            if self._imports():  # else that was the reason
                self._print(_("The warm worker could not be started: {error}", error=visible(str(error))))
            return False
        return self._walls(states)

    def _imports(self) -> bool:
        broken = installation.find_import_failure(worker_environment())
        if broken is None:
            return True
        package, why = broken
        message = _(
            "{package} is installed, but cannot be imported: {why}. Installing it anew may mend it:",
            package=package,
            why=clip(one_line(visible(why)), LONGEST).rstrip("."),
        )
        self._print(message, installation.build_pip_command("install", "--force-reinstall", package))
        return False

    def _walls(self, states: tuple[WallState, ...]) -> bool:
        table = Table(title=self.translate(_("Isolation features, each tested from inside")))
        for heading in (_("Feature"), _("Works"), _("Keeps a submission from"), _("Detail")):
            table.add_column(self.translate(heading), overflow="fold")
        for state in states:
            works = _("yes") if state.stands else _("NO")
            table.add_row(state.id, self.translate(works), self.translate(PREVENTED[state.id]), state.detail)
        self.console.print(table)
        stand = all(state.stands for state in states)
        if not stand:
            self._print(
                _("To check your own work, everything is there. To grade what others wrote, walls are missing.")
            )
        return stand

    def _hints(self) -> None:
        if not installation.find_notebook_program():
            message = _("No program for notebooks was found. If you want to work in one:")
            self._print(message, installation.build_pip_command("install", "jupyterlab"))
        self._print(_("To complete commands with the Tab key: grader --install-completion"))
