"""Old import paths for rubrics that authors wrote before the modules moved.

`from grader.checks import OneHot` is `from grader.rubric.checks import OneHot` today. While a rubric is read, and
not a moment longer, the old paths can be imported too; each use is recorded with the import that replaces it, so
that `grader validate` can show it to the author.
"""

import importlib
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import MappingProxyType, ModuleType

from grader.core.i18n import Message, _

_CHECKS = {
    "functions": {
        "comparison": "comparison",
        "decisions": "thresholds",
        "evaluation": "evaluation",
        "experiments": "experiments",
        "features": "features",
        "figures": "figures",
        "histories": "histories",
        "labels": "labels",
        "splits": "splits",
        "tables": "standardisation",
    },
    "networks": {
        "binary": "binary",
        "borders": "decision_boundary",
        "likelihoods": "probabilities",
        "lines": "linear",
        "nearness": "sklearn_agreement",
        "networks": "single",
        "regression": "regression",
        "scores": "accuracy",
        "several": "several",
        "style_answers": "style_answers",
        "styles": "styles",
    },
    "formulas": {
        "formula": "formula",
        "formula_crossentropy": "crossentropy",
        "formula_labels": "confusion_counts",
        "formula_rates": "rates",
        "formula_regression": "regression",
        "formula_softmax": "softmax",
        "formulas": "checks",
    },
    "cheat_sheet": {
        "cheat_sheet": "check",
        "sheet_answers": "answers",
        "sheet_reading": "cell_parser",
        "sheet_table": "table_parser",
        "sheet_words": "vocabulary",
    },
}

# The documented modules of earlier versions, and where their names are now unless `NEW_NAMES` says otherwise.
NEW_MODULES: Mapping[str, str] = MappingProxyType(
    {
        "grader.case": "grader.evidence.case",
        "grader.checks": "grader.rubric.checks",
        "grader.checks.base": "grader.rubric.checks.base",
        "grader.checks.outcomes": "grader.evidence.failures",
        "grader.data": "grader.rubric.data",
        "grader.plan": "grader.protocol.plan",
        "grader.tables": "grader.rubric.data.builders",
        "grader.task": "grader.protocol.task",
        "grader.text": "grader.core.i18n",
        "grader.training": "grader.protocol.training",
        **{
            f"grader.checks.{old}": f"grader.rubric.checks.{family}.{new}"
            for family, modules in _CHECKS.items()
            for old, new in modules.items()
        },
    }
)


def _moved(modules: str, new_module: str, names: str) -> dict[str, str]:
    """Return the new place of each of some names that are called as before, by their old ones."""
    return {f"{old}.{name}": f"{new_module}.{name}" for old in modules.split() for name in names.split()}


_EVIDENCE_OF_A_STEP = "grader.evidence.run_evidence"

# Names that moved to another module than the rest of theirs, or are called something else today.
NEW_NAMES: Mapping[str, str] = MappingProxyType(
    {
        # What an author needs is exported by the three public packages.
        **_moved(
            "grader.case",
            "grader.rubric.checks.base",
            "Array Case Judgement failed first_difference flat is_numeric name_of not_graded numbers "
            "partial passed",
        ),
        **_moved("grader.plan", "grader.rubric", "Limits"),
        **_moved("grader.tables", "grader.rubric.data", "Classes Csv Data Numbers"),
        **_moved("grader.task", "grader.rubric", "Task"),
        **_moved("grader.text", "grader.rubric", "Bilingual"),
        **_moved("grader.training", "grader.rubric.checks", "Training"),
        # The rest is inside.
        **_moved(
            "grader.checks.lines", "grader.rubric.checks.networks.linear_answers", "Coefficients Predictions"
        ),
        **_moved("grader.checks.lines", "grader.rubric.checks.networks.linear_answers", "ROUNDING"),
        **_moved("grader.checks.outcomes", "grader.evidence.values", "wrong_kind"),
        **_moved(
            "grader.checks.styles",
            "grader.rubric.checks.networks.same_network",
            "CLOSE ROWS ROWS_SEED ComparesNetworks OwnWeights SameCompile SameFunction SameLayers",
        ),
        **_moved("grader.data", "grader.examiner.planning", "NOISE perturbed"),
        **_moved(
            "grader.data", "grader.rubric.data.builders", "SPLIT_SEED dealt dealt_by_class linear_probe noisy"
        ),
        **_moved("grader.tables", "grader.rubric.data.dataset", "Parts"),
        **_moved("grader.data grader.tables", "grader.core.arrays", "Array"),
        "grader.case.Replayed": f"{_EVIDENCE_OF_A_STEP}.ReplayResult",
        "grader.case.Seen": f"{_EVIDENCE_OF_A_STEP}.StepResult",
        "grader.case.UnmetError": "grader.evidence.judgement.PreconditionFailedError",
        "grader.checks.base.Replayed": f"{_EVIDENCE_OF_A_STEP}.ReplayResult",
        "grader.checks.base.Seen": f"{_EVIDENCE_OF_A_STEP}.StepResult",
        "grader.checks.base.UnmetError": "grader.evidence.judgement.PreconditionFailedError",
        "grader.checks.formula.shown": "grader.rubric.checks.formulas.formula.format_value",
        "grader.checks.sheet_answers.Answer": "grader.rubric.checks.cheat_sheet.answers.ExpectedCell",
        "grader.checks.sheet_table.Cell": "grader.rubric.checks.cheat_sheet.table_parser.TableCell",
        "grader.checks.sheet_table.sheet_of_markdown": (
            "grader.rubric.checks.cheat_sheet.table_parser.find_sheet_in_markdown"
        ),
        "grader.checks.sheet_table.tables_of": (
            "grader.rubric.checks.cheat_sheet.markdown_tables.read_markdown_tables"
        ),
        "grader.plan.Array": "grader.protocol.plan.ArrayArg",
        "grader.plan.Curves": "grader.protocol.plan.HistoryArg",
        "grader.plan.Listed": "grader.protocol.plan.ListArg",
        "grader.plan.Literal": "grader.protocol.plan.LiteralArg",
        "grader.plan.Read": "grader.protocol.plan.ReadGlobal",
        "grader.plan.Result": "grader.protocol.plan.ResultOf",
        "grader.plan.Trusted": "grader.protocol.plan.ResultOrTruth",
        "grader.text.T": "grader.core.i18n._",
        "grader.text.Text": "grader.core.i18n.Message",
        "grader.text.ToldError": "grader.core.errors.UserError",
    }
)


@dataclass(frozen=True)
class OldImport:
    """A line of an author's file that imports names from where they no longer are."""

    file: str  # relative to the exercise's folder
    line: int
    old_module: str
    new_module: str
    names: tuple[tuple[str, str], ...]  # old and new name of each

    @property
    def old(self) -> str:
        """Return the import as it is written."""
        return f"from {self.old_module} import {', '.join(old for old, _ in self.names)}"

    @property
    def new(self) -> str:
        """Return the import that replaces it."""
        return f"from {self.new_module} import {', '.join(new for _, new in self.names)}"

    def describe(self) -> Message:
        """Return the sentence that tells the author what to change."""
        return _(
            "{file}, line {line}: `{old}` is an old name. It still works; please write `{new}` instead.",
            file=self.file,
            line=self.line,
            old=self.old,
            new=self.new,
        )


class _OldModule(ModuleType):
    """Stands in for a module of an earlier version: looks each name up where it is today."""

    def __init__(self, name: str, uses: "_Uses") -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # may hold other old modules
        self.__dict__["_uses"] = uses

    def __getattr__(self, name: str) -> object:
        place = NEW_NAMES.get(f"{self.__name__}.{name}", f"{NEW_MODULES[self.__name__]}.{name}")
        new_module, _dot, new_name = place.rpartition(".")
        if f"{self.__name__}.{name}" in NEW_MODULES:
            raise AttributeError(name)  # `from grader.checks import networks`: Python goes on to import the module
        value = getattr(importlib.import_module(new_module), new_name)
        if not name.startswith("__"):  # which Python itself asks for
            self.__dict__["_uses"].add(self.__name__, name, new_module, new_name)
        return value


class _Uses:
    """The old names that the files of one folder import, each once for a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # By file, line, old and new module.
        self.names: dict[tuple[str, int, str, str], dict[str, str]] = {}

    def add(self, module: str, name: str, new_module: str, new_name: str) -> None:
        """Record the use of a name, with the line of the author's file that asked for it."""
        file, line = self._place()
        if any((file, module) == (key[0], key[2]) and name in names for key, names in self.names.items()):
            return
        self.names.setdefault((file, line, module, new_module), {})[name] = new_name
        text = f"from {module} import {name} is now from {new_module} import {new_name}"
        warnings.warn_explicit(text, DeprecationWarning, str(self.folder / file), line)

    def imports(self) -> tuple[OldImport, ...]:
        """Return what was recorded, in the order of use."""
        return tuple(OldImport(*place, tuple(names.items())) for place, names in self.names.items())

    def _place(self) -> tuple[str, int]:
        frame = inspect.currentframe()
        while frame is not None:
            file = Path(frame.f_code.co_filename)
            if file.is_relative_to(self.folder):
                return file.relative_to(self.folder).as_posix(), frame.f_lineno
            frame = frame.f_back
        return "rubric.py", 0


class _OldModules:
    """Finds the modules of `NEW_MODULES` (an importer for `sys.meta_path`)."""

    def __init__(self, uses: _Uses) -> None:
        self.uses = uses

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return what Python needs to import an old module; None for any other."""
        return ModuleSpec(name, self, is_package=True) if name in NEW_MODULES else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the stand-in."""
        return _OldModule(spec.name, self.uses)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: its names are looked up when they are asked for."""


@contextmanager
def old_imports_allowed(folder: Path) -> Iterator[Callable[[], tuple[OldImport, ...]]]:
    """Let the files of a folder import old names; yields a function that returns those that they imported."""
    uses = _Uses(folder)
    finder = _OldModules(uses)
    sys.meta_path.insert(0, finder)  # type: ignore[arg-type]
    try:
        yield uses.imports
    finally:
        sys.meta_path.remove(finder)  # type: ignore[arg-type]
        for name, module in list(sys.modules.items()):
            if isinstance(module, _OldModule):
                del sys.modules[name]
                package, _dot, attribute = name.rpartition(".")
                if package in sys.modules:  # an import leaves each module in its package too
                    vars(sys.modules[package]).pop(attribute, None)
