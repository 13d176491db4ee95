"""Every misconception: networks that show it, networks that are near it and do not, its page and its German."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from grader.core.i18n import LANGUAGES, Message, Translator
from grader.core.strict import STRICT_VARIABLE
from grader.evidence.case import Case
from grader.evidence.learning_rates import RATES
from grader.examiner import misconceptions
from grader.examiner.misconceptions import (
    CATALOGUE,
    Misconception,
    code,
    find_misconceptions,
    inputs,
    layers,
    learning_curves,
    levels,
)
from grader.examiner.misconceptions import training as trainings
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.evidence import Items, Returned, TapFacts
from grader.protocol.processes import worker_environment
from grader.protocol.task import Task
from tests.examiner.misconceptions.examples import (
    BROKEN,
    EXAMPLES,
    FUNCTIONAL,
    HONEST,
    OTHERS,
    Example,
    built,
    honest,
    old,
    poor,
    rated,
)
from tests.helpers.classroom import build, case_of, view_of, with_curves, with_step
from tests.helpers.paths import ROOT
from tests.helpers.proofs import GERMAN, VERDICT, Proof

DETECTORS = {entry.id: entry.detect for entry in CATALOGUE}


def proof_of(misconception: str) -> Proof:
    """Return the proof that the examples of a misconception show it, or do not."""
    here = "tests/examiner/misconceptions"
    helpers = (f"tests/helpers/{name}.py" for name in ("cases", "classroom", "decoded"))
    return Proof(
        f"misconceptions/{misconception}",
        (*VERDICT, GERMAN, f"{here}/examples.py", f"{here}/test_misconceptions.py", *helpers),
    )


def find_fault(example: Example) -> str | None:
    """Return what is wrong with what a detector says of an example, or None."""
    shown = DETECTORS[example.id](view_of(example.case()))
    texts = [Translator(language)(shown.text) for language in LANGUAGES] if shown is not None else []
    if (shown is not None) != example.shows:
        return f"{example.name}: says {texts}"
    is_said = shown is None or example.says in Translator("en")(shown.text)
    return None if is_said and not any("{" in text for text in texts) else f"{example.name}: says {texts}"


@pytest.mark.proof
@pytest.mark.parametrize("misconception", DETECTORS)
def test_examples_show_it_and_others_that_are_near_do_not(misconception: str) -> None:
    examples = [example for example in EXAMPLES if example.id == misconception]
    proof = proof_of(misconception)
    if proof.is_made():
        examples = [next(example for example in examples if example.shows)]
    faults = list(filter(None, map(find_fault, examples)))
    assert not faults, "\n".join(faults)
    proof.note()


def test_what_is_wrong_with_an_example_is_found() -> None:
    right = next(example for example in EXAMPLES if example.id == "wrong-unit-count" and example.shows)
    assert find_fault(right) is None
    assert find_fault(replace(right, shows=False)) is not None
    assert find_fault(replace(right, says="no such words")) is not None
    assert find_fault(replace(right, case=honest)) is not None


@pytest.mark.parametrize("name", [*HONEST, *OTHERS])
def test_an_honest_network_shows_nothing(name: str) -> None:
    case = honest(name) if name in HONEST else OTHERS[name]()
    reached = view_of(case).validation_score
    assert reached is not None
    assert reached > 0.85
    assert list(find_misconceptions(case)) == []


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda e: e.id)
def test_every_misconception_has_one_example_and_two_that_are_none(entry: Misconception) -> None:
    mine = [example.shows for example in EXAMPLES if example.id == entry.id]
    assert mine.count(True) >= 1
    assert mine.count(False) >= 2


def test_a_finding_comes_with_its_severity_and_criteria() -> None:
    found = find_misconceptions(built("layers.Dense(9, activation='softmax')"))
    (finding,) = [f for f in found if f.id == "wrong-unit-count"]
    assert (finding.severity, finding.topics[0]) == ("error", "architecture")


def test_of_several_reasons_for_one_loss_that_is_no_number_the_first_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def entry(name: str) -> Misconception:
        return Misconception(name, "error", lambda view: Explanation(Message(name)), ("score",))

    def list_findings(*ids: str) -> list[str]:
        monkeypatch.setattr(misconceptions, "CATALOGUE", tuple(map(entry, ids)))
        return [finding.id for finding in find_misconceptions(honest())]

    assert list_findings("unscaled-input", "lr-too-high", "nan-loss", "dead-relu") == ["lr-too-high", "dead-relu"]
    assert list_findings("nan-loss") == ["nan-loss"]
    assert list_findings("unscaled-input", "lr-too-high") == ["unscaled-input", "lr-too-high"]


def test_an_old_call_belongs_to_the_function_that_made_it() -> None:
    (finding,) = [f for f in find_misconceptions(old("acc")) if f.id == "old-keras-api"]
    assert finding.function == "diagnose"


def three_styles() -> Case:
    """Three networks, of which the second has softmax over its one output."""
    return case_of(
        build("layers.Dense(1)", '"mse"', features=3, name="build_sequential")
        + FUNCTIONAL.format(output="layers.Dense(1, activation='softmax')(layers.Dense(4)(x))").replace(
            "build_model", "build_functional"
        ),
        "styles",
    )


def test_of_several_networks_the_one_that_shows_it_is_named_by_the_call_that_builds_it() -> None:
    texts = {f.id: Translator("en")(f.text) for f in find_misconceptions(three_styles())}
    assert texts["softmax-one-unit"].startswith("Network of build_functional(): The output layer has units=1")


def test_arguments_stand_in_that_call() -> None:
    case = three_styles()
    (_, second, third) = case.trainings
    case = replace(case, trainings=(replace(second, arguments=(10, "a")), third))
    texts = {f.id: Translator("en")(f.text) for f in find_misconceptions(case)}
    assert texts["softmax-one-unit"].startswith("Network of build_functional(10, 'a'): ")


def test_what_belongs_to_a_function_is_said_without_a_network() -> None:
    case = with_step(three_styles(), "load@0", output="Downloading data from https://example.org/x")
    texts = {f.id: Translator("en")(f.text) for f in find_misconceptions(case)}
    assert texts["download-inside"].startswith("The code downloads")


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "relu"])
def test_functions_alone_have_no_network_to_talk_of(activation: str) -> None:
    case = built(f"layers.Dense(3, activation='{activation}')", '"mse"')
    assert list(find_misconceptions(replace(case, task=Task(kind="functions")))) == []


@pytest.mark.parametrize("optimizer", RATES)
def test_each_optimizer_has_its_own_learning_rates(optimizer: str) -> None:
    rates = RATES[optimizer]
    diverged = with_curves(honest(), loss=[2.0, float("nan")])

    def found(detector: str, rate: float, case: Case) -> bool:
        return DETECTORS[detector](view_of(rated(rate, optimizer, case))) is not None

    assert found("lr-too-low", rates.low, poor())
    assert not found("lr-too-low", rates.low * 1.01, poor())
    assert found("lr-too-high", rates.high, diverged)
    assert not found("lr-too-high", rates.high * 0.99, diverged)
    assert rates.low < rates.usual < rates.high


# Evidence is a claim: whatever is missing or nonsense in it, a hint costs no verdict.


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda e: e.id)
def test_no_evidence_makes_it_raise(entry: Misconception, name: str) -> None:
    entry.detect(view_of(BROKEN[name]()))


def test_evidence_that_is_no_record_costs_one_hint_and_not_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STRICT_VARIABLE)
    case = with_step(
        built("layers.Dense(9, activation='softmax')"),
        "train@0",
        outcome=Returned(value=Items(container="x", items=())),
        fits=None,
    )
    assert "wrong-unit-count" in {f.id for f in find_misconceptions(case)}


def with_a_broken_detector(monkeypatch: pytest.MonkeyPatch) -> Case:
    """Return a case with nine outputs for ten classes, and put a detector that raises in front of the others."""

    def broken(view: NetworkView) -> Explanation | None:
        raise ZeroDivisionError(view.training.build)

    monkeypatch.setattr(misconceptions, "CATALOGUE", (Misconception("broken", "tip", broken, ()), *CATALOGUE))
    return built("layers.Dense(9, activation='softmax')")


def test_a_detector_that_raises_is_logged_with_its_traceback_and_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = with_a_broken_detector(monkeypatch)
    monkeypatch.delenv(STRICT_VARIABLE)
    assert "wrong-unit-count" in {finding.id for finding in find_misconceptions(case)}
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == (misconceptions.__name__, "The detector of broken failed.")
    assert "ZeroDivisionError: build_model" in caplog.text


def test_a_detector_that_raises_ends_the_grading_in_strict_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    case = with_a_broken_detector(monkeypatch)
    with pytest.raises(ZeroDivisionError, match="build_model"):
        list(find_misconceptions(case))


def test_strict_mode_reaches_the_graders_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker_environment()[STRICT_VARIABLE] == "1"
    monkeypatch.delenv(STRICT_VARIABLE)
    assert STRICT_VARIABLE not in worker_environment()


# Documentation and translation.


def documented() -> dict[str, str]:
    """Return id and severity of each row of the table."""
    text = (ROOT / "docs" / "misconceptions.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([\w-]+)` \| (error|warning|tip) \|", text, re.MULTILINE))


def test_documentation_and_code_name_the_same_misconceptions() -> None:
    assert documented() == {entry.id: entry.severity for entry in CATALOGUE}


def test_documentation_names_the_thresholds() -> None:
    text = (ROOT / "docs" / "misconceptions.md").read_text(encoding="utf-8")
    for module in (learning_curves, inputs, layers, levels, trainings):
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, int | float):
                assert f"`{name}` = {value:g}" in text, name
    for optimizer, rates in RATES.items():
        assert f"| {optimizer} | {rates.low:g} | {rates.usual:g} | {rates.high:g} |" in text


def list_sentences(examples: Sequence[Example]) -> list[str]:
    """Return every sentence that examples lead to, and those of the table of old calls."""
    said = [DETECTORS[example.id](view_of(example.case())) for example in examples]
    texts: list[object] = [s.text for s in said if s is not None]
    texts += [text for _, text in code.OLD_CALLS]
    texts += [f.text for f in find_misconceptions(three_styles())]
    found = set()
    while texts:
        text = texts.pop()
        if isinstance(text, Message):
            found.add(text.msgid)
            texts += text.params.values()
    return sorted(found)


@pytest.mark.proof
def test_every_sentence_of_the_source_is_reached_by_an_example_and_has_a_german_one() -> None:
    examples = [example for example in EXAMPLES if example.shows]
    proof, german = proof_of("every sentence"), Translator("de").catalogue
    if proof.is_made():
        examples = examples[:5]
    sentences = list_sentences(examples)
    assert [sentence for sentence in sentences if german.gettext(sentence) == sentence] == []
    if not proof.is_made():
        folder = ROOT / "grader" / "examiner" / "misconceptions"
        count = sum(len(re.findall(r"\b_\(", file.read_text(encoding="utf-8"))) for file in folder.glob("*.py"))
        assert len(sentences) == count
    proof.note()


def test_taps_are_named() -> None:
    assert isinstance(honest().replays["trained:train@0"].evidence.taps[0], TapFacts)
