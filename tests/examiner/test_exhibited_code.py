"""The code that a report shows: with the places of what criteria are about, and never more than its limits."""

from grader.examiner.exhibited_code import MAX_CHARACTERS, MAX_LINES, exhibit_code
from grader.protocol.submission import MAX_EXCERPT, Submission, Unit
from grader.protocol.verdict import CodePlace, CodeUnit, Exhibits
from grader.rubric import Bilingual, Criterion
from grader.rubric.checks import Loads, OneHot

TEXT = Bilingual(en="x", de="x")
CRITERIA = (
    Criterion(id="load", points=1, title=TEXT, lesson=TEXT, check=Loads("load")),
    Criterion(id="one_hot", points=1, title=TEXT, lesson=TEXT, check=OneHot("one_hot", classes=3)),
)


def shown(*units: Unit) -> Exhibits:
    return exhibit_code(Exhibits(), Submission("a.py", "0" * 64, "script", units), CRITERIA)


def script(text: str) -> Unit:
    return Unit(text, text)


def test_each_function_is_found_with_its_decorators_and_without_its_docstring() -> None:
    text = '@cache\ndef load():\n    """Return it.\n\n    All.\n    """\n    return 1\n\none_hot = lambda y: y\n'
    exhibits = shown(script(text))
    assert exhibits.code == (CodeUnit(cell=None, lines=tuple(text.split("\n"))),)
    assert exhibits.places == (
        CodePlace(criterion="load", cell=None, first=1, last=7, docstring=(3, 6)),
        CodePlace(criterion="one_hot", cell=None, first=9, last=9),
    )


def test_of_several_definitions_the_last_cell_counts_and_its_own_lines_are_named() -> None:
    first, second = "def load():\n    return 1", "x = 1\n\ndef load():\n    return 2"
    exhibits = shown(Unit(first, first, 1), Unit(second.replace("x = 1", "pass"), "%run y" + second[5:], 3))
    assert [unit.cell for unit in exhibits.code] == [1, 3]
    assert exhibits.code[1].lines[0] == "%run y"  # as the student wrote it
    assert exhibits.places == (CodePlace(criterion="load", cell=3, first=3, last=4),)


def test_what_is_no_python_is_shown_and_has_no_places() -> None:
    exhibits = shown(script("def load(:\n"), script("(" * 10_000), script("def load(): return 1"))
    assert len(exhibits.code) == 3
    assert exhibits.places[0].first == 1


def test_lines_and_characters_have_limits_and_the_rest_is_counted() -> None:
    long = shown(script("x\n" * (MAX_LINES + 5) + "def load(): pass"))
    assert len(long.code[0].lines) == MAX_LINES
    assert long.left_out.code_lines == 6
    assert long.places == ()  # it stands where nothing is shown
    many = shown(*(Unit("x", "x", cell) for cell in range(1, MAX_LINES + 8)))
    assert (len(many.code), many.left_out.code_lines) == (MAX_LINES, 7)
    wide = shown(script("\n".join(["y" * 100_000] * 1000)))
    assert sum(map(len, wide.code[0].lines)) <= MAX_CHARACTERS + 2 * MAX_EXCERPT
    assert wide.left_out.code_lines == 1000 - len(wide.code[0].lines)
    assert max(map(len, wide.code[0].lines)) < MAX_EXCERPT + 20
