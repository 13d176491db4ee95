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


def _moved(old_modules: str, new_module: str, names: str) -> dict[str, str]:
    """Return the new place of names that are called as before."""
    return _renamed(old_modules, new_module, **{name: name for name in names.split()})


def _renamed(old_modules: str, new_module: str, **names: str) -> dict[str, str]:
    """Return the new place of names, given as `old="new"`."""
    places = {old: f"{new_module}.{new}" for old, new in names.items()}
    return {f"{module}.{old}": place for module in old_modules.split() for old, place in places.items()}


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
        **_moved(
            "grader.checks.styles",
            "grader.rubric.checks.networks.same_network",
            "ComparesNetworks OwnWeights SameCompile SameLayers",
        ),
        **_moved(
            "grader.checks.styles",
            "grader.rubric.checks.networks.same_function",
            "CLOSE ROWS ROWS_SEED SameFunction",
        ),
        **_moved("grader.data", "grader.evidence.replay_rows", "NOISE"),
        **_renamed("grader.data", "grader.evidence.replay_rows", perturbed="perturb"),
        **_renamed("grader.data grader.tables", "grader.core.seal", SPLIT_SEED="FIXED_SEED"),
        **_moved("grader.data grader.tables", "grader.core.arrays", "Array"),
        **_moved("grader.tables", "grader.rubric.data.dataset", "Parts"),
        **_renamed(
            "grader.case grader.checks.base",
            "grader.evidence.run_evidence",
            Replayed="ReplayResult",
            Seen="StepResult",
        ),
        **_renamed(
            "grader.case grader.checks.base", "grader.evidence.judgement", UnmetError="PreconditionFailedError"
        ),
        **_renamed(
            "grader.checks.binary",
            "grader.rubric.checks.networks.binary",
            takes_rows="require_rows_accepted",
        ),
        **_renamed("grader.checks.binary", "grader.rubric.checks.networks.single", units_of="count_outputs"),
        **_renamed(
            "grader.checks.comparison", "grader.rubric.checks.functions.comparison", unchanged="check_unchanged"
        ),
        **_renamed(
            "grader.checks.formula",
            "grader.rubric.checks.formulas.formula",
            MOST_SHOWN="MAX_NUMBERS_WRITTEN",
            as_array="read_array",
            close="is_close",
            integers="build_integer_trial",
            lists="build_list_trial",
            shown="format_value",
        ),
        **_renamed("grader.checks.formula_rates", "grader.rubric.checks.formulas.rates", trials="build_trials"),
        **_renamed(
            "grader.checks.likelihoods",
            "grader.rubric.checks.networks.probabilities",
            borders="find_borders",
            crossings="find_crossings",
            likelihoods="compute_likelihoods",
        ),
        **_renamed("grader.checks.lines", "grader.rubric.checks.networks.linear", line_of="read_line"),
        **_renamed(
            "grader.checks.networks",
            "grader.rubric.checks.networks.single",
            certified="require_certified",
        ),
        **_renamed(
            "grader.checks.networks",
            "grader.rubric.checks.networks.validation_rows",
            SEEN="HELD_OUT_ROWS_SEEN",
        ),
        **_renamed(
            "grader.checks.networks",
            "grader.rubric.checks.networks.output_and_loss",
            HeadAndLoss="HeadAndLoss",
            compiled_at="read_last_compiled",
            loss_of="read_loss",
        ),
        **_renamed(
            "grader.checks.networks",
            "grader.rubric.checks.networks.validation_rows",
            MOST_SEEN="MAX_SHARE_SEEN",
        ),
        **_renamed(
            "grader.checks.networks",
            "grader.rubric.checks.networks.own_loss",
            not_compiled="explain_not_compiled",
        ),
        **_renamed(
            "grader.checks.outcomes",
            "grader.evidence.failures",
            explain="explain_failure",
            function_of="function_name",
            raised="explain_exception",
            stopped="explain_stop",
            unit_words="name_unit",
        ),
        **_renamed("grader.checks.outcomes", "grader.evidence.values", wrong_kind="reject_value"),
        **_renamed(
            "grader.checks.regression",
            "grader.rubric.checks.networks.regression",
            compiled_with="read_compiled",
            least_squares="fit_least_squares",
            loss_problem="find_loss_problem",
            metric_problem="find_metric_problem",
            r_squared_of="compute_r_squared",
        ),
        **_renamed(
            "grader.checks.several",
            "grader.rubric.checks.networks.several",
            is_finite="has_finite_outputs",
            label="name_network",
            of_network="name_in_judgement",
            together="combine_judgements",
        ),
        **_renamed(
            "grader.checks.sheet_answers",
            "grader.rubric.checks.cheat_sheet.answers",
            Answer="ExpectedCell",
            Wrong="CellProblem",
            verdict_on="find_cell_problem",
        ),
        **_renamed(
            "grader.checks.sheet_reading",
            "grader.rubric.checks.cheat_sheet.cell_parser",
            Reading="CellReading",
            read="read_cell_text",
        ),
        **_renamed(
            "grader.checks.sheet_table",
            "grader.rubric.checks.cheat_sheet.table_parser",
            Cell="TableCell",
            cell_of="read_cell",
            is_nothing="is_empty_value",
            sheet_of="read_sheet",
            sheet_of_grid="read_grid",
            sheet_of_markdown="find_sheet_in_markdown",
        ),
        **_renamed(
            "grader.checks.sheet_table",
            "grader.rubric.checks.cheat_sheet.markdown_tables",
            tables_of="read_markdown_tables",
        ),
        **_renamed(
            "grader.checks.sheet_words",
            "grader.rubric.checks.cheat_sheet.vocabulary",
            column_of="find_column",
            letters="normalise_name",
            plain="normalise_text",
            row_of="find_row",
            spelled="list_words",
        ),
        **_renamed(
            "grader.checks.sheet_words",
            "grader.rubric.checks.cheat_sheet.words",
            **{
                name: name
                for name in ("ACTIVATIONS", "LABELS", "LOSSES", "METRICS", "Spellings", "UNITS", "WORDS")
            },
        ),
        **_renamed(
            "grader.checks.style_answers", "grader.rubric.checks.networks.style_answers", styles_of="read_styles"
        ),
        **_renamed(
            "grader.data grader.tables",
            "grader.rubric.data.builders",
            dealt="deal_rows",
            dealt_by_class="deal_rows_by_class",
            linear_probe="build_linear_probe",
            noisy="add_noise",
        ),
        **_renamed(
            "grader.plan",
            "grader.protocol.plan",
            Array="ArrayArg",
            Curves="HistoryArg",
            Listed="ListArg",
            Literal="LiteralArg",
            Read="ReadGlobal",
            Result="ResultOf",
            Trusted="ResultOrTruth",
        ),
        **_renamed("grader.text", "grader.core.i18n", T="_", Text="Message"),
        **_renamed("grader.text", "grader.core.errors", ToldError="UserError"),
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
    sys.meta_path.insert(0, finder)
    try:
        yield uses.imports
    finally:
        sys.meta_path.remove(finder)
        for name, module in list(sys.modules.items()):
            if isinstance(module, _OldModule):
                del sys.modules[name]
                package, _dot, attribute = name.rpartition(".")
                if package in sys.modules:  # an import leaves each module in its package too
                    vars(sys.modules[package]).pop(attribute, None)
