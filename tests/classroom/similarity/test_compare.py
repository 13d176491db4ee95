"""Copies are found through their disguises, solutions written apart are not, and the places are the right ones."""

import subprocess
import sys
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.similarity.compare import LEAST_PAIRS, MAX_PAIRS_WITH_CODE, _common_runs, find_similar
from grader.classroom.similarity.fingerprints import MAX_CODE, find_fingerprints, normalise
from grader.protocol.similarity import Group, Line, Pair, SharedBlock, Similarity
from grader.protocol.submission import Submission
from tests.classroom.similarity.submissions import (
    EXERCISES,
    as_notebook,
    code,
    notebook,
    renamed,
    reordered,
    right,
    script,
    stub,
)
from tests.helpers.paths import ROOT


def pairs(found: Similarity) -> dict[tuple[str, str], Pair]:
    return {(pair.left, pair.right): pair for group in found.groups for pair in group.pairs}


def only(found: Similarity) -> Group:
    (group,) = found.groups
    return group


def first_block(left: Submission, right: Submission) -> SharedBlock:
    (pair,) = only(find_similar({"a": left, "b": right}, None)).pairs
    return pair.shared_blocks[0]


def function(number: int, lines: int = 4) -> str:
    """Return a function whose fingerprints no function of another number has."""
    body = "".join(f"    total = total * {number}{line} + rows[{line}] - {number}\n" for line in range(lines))
    return f"def function_{number}(rows, total):\n{body}    return total + {number}\n"


def functions(*numbers: int) -> str:
    return "\n".join(map(function, numbers))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solutions_that_were_written_apart_are_not_grouped(exercise: str) -> None:
    written_apart = right(exercise)
    if exercise == "metric_cheat_sheet":  # this variant is the reference itself, with its table elsewhere
        del written_apart["right_notebook_markdown"]
    found = find_similar(written_apart, stub(exercise))
    assert found.groups == ()
    assert found.usual is not None
    assert found.usual < 0.06


@pytest.mark.parametrize("name", ["submission", "right_subclassed", "right_functional", "right_plain_python"])
def test_a_copy_under_other_names_comments_and_layout_is_the_same_code(name: str) -> None:
    original = right()[name].units[0].source
    assert renamed(original).count("meine_") > 30
    found = find_similar({**right(), "copy": script(renamed(original))}, stub())
    assert only(found).members == tuple(sorted(("copy", name)))
    assert only(found).strength > 0.99


def test_a_copy_in_another_order_is_found() -> None:
    found = find_similar({**right(), "copy": script(reordered(code()))}, stub())
    assert only(found).members == ("copy", "right_subclassed")
    assert only(found).strength > 0.75


def test_a_notebook_is_found_to_be_a_copy_of_a_script() -> None:
    found = find_similar({**right(), "copy": as_notebook(code())}, stub())
    assert only(found).members == ("copy", "right_subclassed")
    assert only(found).strength == 1.0
    cells = {row.left.cell for row in only(found).pairs[0].shared_blocks[0].rows if row.left is not None}
    assert cells >= {5, 6, 7}
    assert {row.right.cell for row in only(found).pairs[0].shared_blocks[0].rows if row.right is not None} == {
        None
    }


def test_half_a_copy_is_weaker_than_a_whole_one_and_says_whose_share_is_whose() -> None:
    found = find_similar({"a": script(functions(1, 2, 3, 4)), "b": script(functions(1, 2, 3, 4, 5, 6))}, None)
    pair = only(found).pairs[0]
    assert pair.left_share == 1.0
    assert 0.6 < pair.right_share < 0.7
    assert pair.right_share < pair.strength < pair.left_share


def test_the_same_file_is_a_group_without_any_pair() -> None:
    same = script(functions(1, 2))
    found = find_similar({"a": same, "c": script(functions(8, 9)), "b": same}, None)
    assert only(found) == Group(members=("a", "b"), copies=(("a", "b"),), pairs=())
    assert only(found).strength == 1.0


def test_of_those_with_the_same_file_one_stands_in_the_pairs() -> None:
    same = script(functions(1, 2))
    found = find_similar({"a": same, "b": same, "c": script("# mine\n" + functions(1, 2))}, None)
    assert only(found).members == ("a", "b", "c")
    assert only(found).copies == (("a", "b"),)
    assert list(pairs(found)) == [("a", "c")]


def test_the_template_does_not_count() -> None:
    template = functions(*range(10, 30))
    class_ = {"a": script(template + functions(1, 2)), "b": script(functions(3, 4) + template)}
    assert only(find_similar(class_, None)).strength > 0.7
    assert find_similar(class_, script(template)).groups == ()


def test_untouched_templates_are_not_alike_but_too_short() -> None:
    found = find_similar({"a": stub(), "b": stub(), "c": script("x = 1\n"), "d": script("")}, stub())
    assert (found.groups, found.too_short, found.compared) == ((), ("a", "b", "c", "d"), 0)


def test_nobody_is_compared_with_nobody() -> None:
    assert find_similar({}, None) == Similarity(
        groups=(), compared=0, usual=None, threshold=0.5, too_short=(), cut=()
    )


def test_few_submissions_do_not_tell_what_is_usual() -> None:
    class_ = {str(n): script(functions(n, n + 10, n + 20)) for n in range(5)}
    assert len(list(combinations(class_, 2))) == LEAST_PAIRS
    assert find_similar(class_, None).usual == pytest.approx(0, abs=0.1)
    del class_["0"]
    assert (find_similar(class_, None).usual, find_similar(class_, None).threshold) == (None, 0.5)


def test_where_all_are_alike_by_nature_only_what_stands_out_is_shown() -> None:
    common = tuple(range(100, 106))
    class_ = {str(n): script(functions(*common, n)) for n in range(6)}
    class_["copy"] = script("# mine\n" + functions(*common, 5))
    found = find_similar(class_, None)
    assert found.usual is not None
    assert found.usual > 0.8
    assert found.threshold == pytest.approx((1 + found.usual) / 2)
    assert only(found).members == ("5", "copy")


def test_those_who_are_linked_by_others_are_one_group_strongest_pair_first() -> None:
    class_ = {
        "a": script(functions(1, 2, 3, 4, 5, 10)),
        "b": script(functions(3, 4, 5, 10, 6, 7)),
        "c": script(functions(5, 10, 6, 7, 8, 9)),
        "d": script(functions(21, 22, 23, 24)),
        "e": script("\n" + functions(21, 22, 23, 24)),
        "f": script(functions(31, 32, 33)),
    }
    found = find_similar(class_, None)
    assert [group.members for group in found.groups] == [("d", "e"), ("a", "b", "c")]
    strengths = [pair.strength for pair in found.groups[1].pairs]
    assert strengths == sorted(strengths, reverse=True)
    assert ("a", "c") not in pairs(found)


def test_of_three_who_are_alike_the_two_strongest_pairs_are_shown() -> None:
    class_ = {
        "a": script(functions(1, 2, 3, 4, 5, 7)),
        "b": script(functions(1, 2, 3, 4, 5, 6)),
        "c": script("# mine\n" + functions(1, 2, 3, 4, 5, 6)),
    }
    group = only(find_similar(class_, None))
    assert [(pair.left, pair.right) for pair in group.pairs] == [("b", "c"), ("a", "b"), ("a", "c")]
    assert [bool(pair.shared_blocks) for pair in group.pairs] == [True, True, False]
    assert group.strength == 1.0


def test_the_pairs_that_link_a_group_have_their_code_shown_and_no_more_than_a_page_holds() -> None:
    members = MAX_PAIRS_WITH_CODE + 5
    found = find_similar({f"{n:02}": script(f"# {n}\n" + functions(1, 2)) for n in range(members)}, None)
    assert len(only(found).pairs) == members * (members - 1) // 2
    shown = [pair for pair in only(found).pairs if pair.shared_blocks]
    assert len(shown) == MAX_PAIRS_WITH_CODE
    joined = {("00", f"{n:02}") for n in range(1, members)}
    assert {(pair.left, pair.right) for pair in shown} <= joined


def test_the_order_of_the_submissions_does_not_matter() -> None:
    class_ = {**right(), "copy": script(renamed(code())), "other": as_notebook(code("right_sparse"))}
    assert find_similar(class_, stub()) == find_similar(dict(reversed(class_.items())), stub())


def test_every_process_finds_the_same_and_prints_nothing_and_imports_late() -> None:
    program = (
        "import sys, msgspec; from grader.classroom.similarity.compare import find_similar\n"
        "from tests.classroom.similarity.submissions import *\n"
        "assert 'pygments' not in sys.modules\n"
        "found = find_similar({'a': script(code()), 'copy': script(reordered(code()))}, stub())\n"
        "assert 'pygments' in sys.modules and 'matplotlib' not in sys.modules\n"
        "open(sys.argv[1], 'wb').write(msgspec.json.encode(found))"
    )
    results = []
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "HOME": "/tmp", "PATH": ""}
        done = subprocess.run(
            [sys.executable, "-c", program, "/dev/stderr"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=True,
        )
        assert done.stdout == b""
        results.append(done.stderr)
    assert results[0] == results[1]
    assert results[0].startswith(b'{"groups"')


def test_lines_are_those_of_the_file_whatever_stands_above_them() -> None:
    left = '\n\n\n"""Words\nof mine."""\n\nclass Model:\n    """More."""\n\n    size = 3\n\n' + functions(1, 2)
    rows = first_block(script(left), script(functions(1, 2))).rows
    for row in rows:
        assert row.left is None or left.split("\n")[row.left.number - 1] == row.left.text
        assert row.right is None or functions(1, 2).split("\n")[row.right.number - 1] == row.right.text
        if row.left is not None and row.right is not None:
            assert row.left.text == row.right.text
    assert [row.right.number for row in rows if row.right is not None] == list(range(1, 14))


def test_cells_count_their_own_lines() -> None:
    rows = first_block(notebook(["import keras", function(1), function(2)]), script(functions(1, 2))).rows
    assert rows[0].left == Line(cell=2, number=1, text="def function_1(rows, total):", same=True)
    assert rows[-1].left == Line(cell=3, number=6, text="    return total + 2", same=True)


def test_what_the_student_wrote_is_shown_and_not_what_was_run() -> None:
    from grader.protocol.submission import Unit

    unit = Unit("pass # not run\n" + functions(1, 2), "%matplotlib inline\n" + functions(1, 2), 1)
    made = Submission("a.ipynb", "0" * 64, "notebook", (unit,))
    (pair,) = only(find_similar({"a": made, "b": script("pass\n" + functions(1, 2))}, None)).pairs
    assert pair.shared_blocks[0].rows[0].left == Line(cell=1, number=1, text="%matplotlib inline", same=True)


def test_a_changed_line_in_the_middle_is_shown_but_not_marked() -> None:
    changed = functions(1, 2).replace(
        "total = total * 12 + rows[2] - 1", "print('something else', len(rows), rows[7:9])"
    )
    block = first_block(script(functions(1, 2)), script(changed))
    (row,) = (row for row in block.rows if row.right is not None and "something else" in row.right.text)
    assert row.right is not None
    assert row.left is not None
    assert (row.left.text, row.left.same, row.right.same) == ("    total = total * 12 + rows[2] - 1", False, False)
    assert sum(row.left.same for row in block.rows if row.left is not None) >= 9


def test_comments_are_shown_beside_nothing() -> None:
    commented = functions(1, 2).replace("def function_2", "# one\n# two\n# three\ndef function_2")
    rows = first_block(script(commented), script(functions(1, 2))).rows
    alone = [row.left for row in rows if row.right is None]
    assert [line.text for line in alone if line is not None] == ["# one", "# two", "# three"]
    assert not any(line.same for line in alone if line is not None)


@pytest.mark.parametrize("swapped", [False, True])
def test_what_lies_far_apart_on_one_side_is_two_blocks(swapped: bool) -> None:
    sides = [script(functions(1, 2)), script(function(1) + function(3, 7) + function(2))]
    one, other = reversed(sides) if swapped else sides
    (pair,) = only(find_similar({"a": one, "b": other}, None)).pairs
    assert len(pair.shared_blocks) == 2
    (pair,) = only(find_similar({"a": script(functions(1, 2)), "b": script(functions(1, 2) + "\n")}, None)).pairs
    assert len(pair.shared_blocks) == 1


def test_statements_on_one_line_stand_beside_the_same_on_many() -> None:
    joined = (
        functions(1, 2).replace("rows[0] - 1\n    ", "rows[0] - 1; ").replace("rows[2] - 2\n    ", "rows[2] - 2; ")
    )
    assert joined.count(";") == 2
    for left, right_ in ((functions(1, 2), joined), (joined, functions(1, 2))):
        rows = first_block(script(left), script(right_)).rows
        lefts = [row.left.number for row in rows if row.left is not None]
        rights = [row.right.number for row in rows if row.right is not None]
        assert lefts == list(range(1, left.count("\n") + 1))
        assert rights == list(range(1, right_.count("\n") + 1))


def test_each_place_is_matched_once() -> None:
    found = find_fingerprints(normalise(script("x = x + 1\n" * 100 + functions(1, 2))), frozenset())
    runs = _common_runs(found, found)
    assert sum(run.length for run in runs) == len(found.at)


def test_functions_in_another_order_are_blocks_of_their_own() -> None:
    (pair,) = only(find_similar({"a": script(functions(1, 2)), "b": script(functions(2, 1))}, None)).pairs
    assert len(pair.shared_blocks) == 2
    for block in pair.shared_blocks:
        assert all(row.left is None or row.right is None or row.left.text == row.right.text for row in block.rows)


def test_a_shared_block_says_how_many_others_have_it() -> None:
    class_ = {
        "a": script(functions(1, 2, 3)),
        "b": script("# mine\n" + functions(1, 2, 3)),
        "c": script(functions(41, 42, 43, 44, 45, 1)),
        "d": script(functions(51, 52, 53, 54, 55, 1)),
    }
    (pair,) = only(find_similar(class_, None)).pairs
    assert [block.elsewhere for block in pair.shared_blocks] == [0]  # functions 2 and 3 are nowhere else
    class_ |= {name: script(functions(1, 2, 3, *range(60 + n, 90 + n))) for n, name in enumerate("ef")}
    found = pairs(find_similar(class_, None))
    assert [block.elsewhere for block in found["a", "b"].shared_blocks] == [2]


def test_the_same_files_are_not_among_the_others() -> None:
    same = script(functions(1, 2, 3))
    found = pairs(find_similar({"a": same, "b": same, "c": script("# mine\n" + functions(1, 2, 3))}, None))
    assert [block.elsewhere for block in found["a", "c"].shared_blocks] == [0]


def test_repetitions_are_not_the_more_alike_the_longer_they_are() -> None:
    repeated = "x = x + 1\n" * 500
    found = find_similar({"a": script(repeated + functions(1, 2)), "b": script(repeated + functions(3, 4))}, None)
    assert found.groups == ()


def test_a_repeated_place_is_matched_where_it_goes_on_longest() -> None:
    line = "    answer = answer * 1000 + 2000\n"
    left = "def f(answer):\n" + line + "    return answer - 12345678901234567890\n" + functions(1, 2)
    right_ = "def f(answer):\n" + line * 2 + "    return answer - 12345678901234567890\n" + functions(1, 2)
    rows = first_block(script(left), script(right_)).rows
    ends = [
        (row.left.number, row.right.number) for row in rows if row.left and row.right and "12345" in row.left.text
    ]
    assert ends == [(3, 4)]


def test_what_is_too_long_is_compared_in_part_and_said() -> None:
    long = functions(1, 2) + "# more\n" * MAX_CODE
    wide = functions(3, 4) + f"data = '{'a' * 6000}'\n"
    found = find_similar({"long": script(long), "wide": script(wide), "short": script(functions(5, 6))}, None)
    assert found.cut == ("long", "wide")
    assert found.compared == 3
    cells = notebook([functions(1, 2) + "# more\n" * (MAX_CODE // 10)] * 3)
    assert normalise(cells).cut
    assert sum(len(line.text) + 1 for line in normalise(cells).lines) < MAX_CODE + 100


@pytest.mark.parametrize(
    "opening", ['"\\N{', "f'{", "'''a\"\"\"", "(", '"', "\\", "import \\\n", "\x01", "\ud800"]
)
def test_code_that_is_none_is_compared_in_bounded_time(opening: str) -> None:
    # Without the limit on a line, the first of these takes the lexer the better part of a minute.
    hostile = (opening * MAX_CODE)[:MAX_CODE]
    assert (
        find_similar(
            {"a": script(hostile), "b": script(functions(1, 2)), "c": script(hostile + "#")}, None
        ).compared
        >= 1
    )


ANY_CODE = st.text(alphabet=st.sampled_from("abc=(){}[]'\"#\\\n \t:.,fN%\ud800é1"), max_size=400)


@settings(deadline=None, max_examples=80)
@given(ANY_CODE, ANY_CODE, st.booleans())
def test_any_code_is_compared_and_its_lines_are_its_own(one: str, two: str, in_cells: bool) -> None:
    common = functions(1, 2)
    left = notebook([one, common, two]) if in_cells else script(one + "\n" + common + two)
    sources = {unit.cell: unit.original.split("\n") for unit in left.units}
    found = find_similar({"a": left, "b": script(two + "\n" + common)}, None)
    for pair in pairs(found).values():
        for row in (row for block in pair.shared_blocks for row in block.rows):
            assert row.left is not None or row.right is not None
            if row.left is not None:
                assert sources[row.left.cell][row.left.number - 1] == row.left.text
