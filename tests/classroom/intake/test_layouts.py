"""Every layout is recognised, and each student's file is the one that the student meant."""

from datetime import UTC, datetime

import pytest

from grader.classroom.intake import Layout
from tests.classroom.intake.conftest import HandOver
from tests.classroom.intake.handed import NOTEBOOK, refusal, seen, zipped

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_each_layout_has_a_sentence() -> None:
    assert len({layout.text.msgid for layout in Layout}) == len(Layout)


# One file per student


def test_files_are_named_after_their_students(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna.py": "a = 1", "Änne Müller.ipynb": NOTEBOOK, "roster.csv": "anna"}))
    assert found.layout is Layout.FILES
    assert found.taken == {"anna": "a = 1", "Änne Müller": NOTEBOOK}
    assert found.left_out == {"roster.csv": "It is neither a .py nor an .ipynb file."}
    assert found.of("Änne Müller").name == "Änne Müller"
    assert found.of("Änne Müller").file == "Änne Müller.ipynb"


def test_a_script_and_a_notebook_of_one_student_are_two_files(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna.py": "a", "anna.ipynb": NOTEBOOK, "berta.py": "b"}))
    assert found.taken == {"berta": "b"}
    assert found.refused["anna"] == (
        "There are 2 files, and it is not clear which one is meant: anna.ipynb, anna.py. Leave only one, or call "
        "one of them submission or digits."
    )


def test_a_single_name_that_looks_like_a_platforms_makes_no_layout(hand_over: HandOver) -> None:
    names = ["anna.py", "berta.py", "c_1_2_x.py", "d_1_assignsubmission_file_x.py"]
    found = seen(hand_over(dict.fromkeys(names, "x")))
    assert (found.layout, len(found.taken)) == (Layout.FILES, 4)


def test_the_exercise_itself_is_no_student(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna.py": "a", "berta.py": "b", "Digits.py": "stub", "submission.ipynb": NOTEBOOK}))
    assert set(found.taken) == {"anna", "berta"}
    assert found.left_out["Digits.py"] == "It is named after the exercise, not after a student."
    assert "submission.ipynb" in found.left_out


def test_a_single_students_folder_is_no_class(hand_over: HandOver) -> None:
    assert "looks like the folder of a single student" in refusal(hand_over({"submission.py": "a"}))


def test_a_folder_beside_files_is_left_with_its_student(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna.py": "a", "berta.py": "b", "carl/work.py": "c", "data/iris.csv": "1"}))
    assert found.layout is Layout.FILES
    assert set(found.taken) == {"anna", "berta"}
    assert "lies beside the files of the other students" in found.refused["carl"]
    assert set(found.left_out) == {"carl/work.py", "data/iris.csv"}


def test_names_that_differ_only_in_case_are_two_students(hand_over: HandOver) -> None:
    found = seen(hand_over({"Anna.py": "A", "anna.py": "a", "berta.py": "b"}))
    assert sorted(found.taken.values()) == ["A", "a", "b"]
    assert len({student.casefold() for student in found.taken}) == 3


# One folder per student


def test_folders_are_named_after_their_students(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna/solution.py": "a", "berta/deep/er/work.ipynb": NOTEBOOK, "berta/notes.txt": ""}))
    assert found.layout is Layout.FOLDERS
    assert found.taken == {"anna": "a", "berta": NOTEBOOK}
    assert found.places == {"anna": "anna/solution.py", "berta": "berta/deep/er/work.ipynb"}
    assert set(found.left_out) == {"berta/notes.txt"}


@pytest.mark.parametrize("name", ["submission.py", "Submission.ipynb", "digits.py", "DIGITS.ipynb"])
def test_of_several_files_the_one_named_for_the_exercise_is_taken(hand_over: HandOver, name: str) -> None:
    found = seen(hand_over({f"anna/{name}": "a", "anna/helper.py": "h", "berta/x.py": "b"}))
    assert found.taken == {"anna": "a", "berta": "b"}
    assert found.left_out == {
        "anna/helper.py": f"{name}, which is named as the exercise's own file is, was taken.",
    }


def test_an_exercise_with_a_long_name_is_recognised_with_hyphens_and_spaces(hand_over: HandOver) -> None:
    files = {"a/Linear Regression.py": "1", "a/x.py": "", "b/linear-regression.py": "2", "b/x.py": ""}
    assert seen(hand_over(files), "linear_regression").taken == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    "files", [["a.py", "b.py"], ["submission.py", "submission.ipynb"], ["submission.py", "digits.py"]]
)
def test_of_several_files_none_is_guessed(hand_over: HandOver, files: list[str]) -> None:
    found = seen(hand_over({f"anna/{name}": "a" for name in files} | {"berta/x.py": "b"}))
    assert found.taken == {"berta": "b"}
    assert all(name in found.refused["anna"] for name in files)
    assert found.row("anna").file == "anna"


def test_files_beyond_those_that_a_sentence_names_are_told_one_by_one(hand_over: HandOver) -> None:
    found = seen(hand_over({f"anna/{number:02}.py": "" for number in range(11)} | {"berta/x.py": "b"}))
    assert "11 files" in found.refused["anna"]
    assert "07.py …" in found.refused["anna"]
    assert set(found.left_out) == {"anna/08.py", "anna/09.py", "anna/10.py"}


def test_a_folder_without_work_is_told_with_its_student(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna/": "", "berta/readme.txt": "", "carl/x.py": "c"}))
    assert found.taken == {"carl": "c"}
    assert found.refused == dict.fromkeys(("anna", "berta"), "There is no .py or .ipynb file.")


def test_a_file_beside_folders_is_left_with_its_student(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna/x.py": "a", "berta/x.py": "b", "carl.py": "c", "grades.csv": ""}))
    assert found.layout is Layout.FOLDERS
    assert set(found.taken) == {"anna", "berta"}
    assert "lies beside the folders" in found.refused["carl"]
    assert found.left_out == {"grades.csv": "It is in no student's folder."}


def test_a_student_with_a_file_and_a_folder_has_handed_in_twice(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna/x.py": "a", "berta/x.py": "b", "anna.py": "c"}))
    assert found.taken == {"berta": "b"}
    assert found.refused["anna"].startswith("There are 2 hand-ins of this student: anna, anna.py.")


def test_two_spellings_of_one_umlaut_are_one_student(hand_over: HandOver) -> None:
    found = seen(hand_over({"M\u00fcller/x.py": "a", "Mu\u0308ller/x.py": "b", "berta/x.py": "b"}))
    assert found.taken == {"berta": "b"}
    assert found.refused["M\u00fcller"].startswith("There are 2 hand-ins of this student")


# What is looked through


def test_a_folder_around_the_whole_class_is_looked_through(hand_over: HandOver) -> None:
    found = seen(hand_over({"class/of/anna/x.py": "a", "class/of/berta/y.py": "b"}))
    assert found.layout is Layout.FOLDERS
    assert found.taken == {"anna": "a", "berta": "b"}
    assert found.places["anna"] == "class/of/anna/x.py"


def test_what_lies_beside_the_folder_around_the_class_is_told(hand_over: HandOver) -> None:
    files = {"Moodle/Anna_1_assignsubmission_file/x.py": "a", "roster.csv": "", "Moodle/notes.txt": ""}
    found = seen(hand_over(files))
    assert (found.layout, found.taken) == (Layout.MOODLE, {"1": "a"})
    assert found.left_out["roster.csv"] == "It lies beside the folder that all hand-ins are in."
    assert set(found.left_out) == {"roster.csv", "Moodle/notes.txt"}


def test_a_folder_with_another_beside_it_is_a_students(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna/a.py": "1", "anna/b.py": "2", "berta/": "", "readme.txt": ""}))
    assert found.taken == {}
    assert set(found.refused) == {"anna", "berta"}


def test_a_folder_around_files_is_looked_through(hand_over: HandOver) -> None:
    found = seen(hand_over({"class/anna.py": "a", "class/berta.py": "b"}))
    assert found.layout is Layout.FILES
    assert found.taken == {"anna": "a", "berta": "b"}


@pytest.mark.parametrize(
    "file", ["anna/work.py", "anna/src/work.py", "anna/submission.py", "anna/src/digits.ipynb"]
)
def test_the_folder_of_the_only_student_is_not_looked_through(hand_over: HandOver, file: str) -> None:
    found = seen(hand_over({file: "a"}))
    assert found.layout is Layout.FOLDERS
    assert found.taken == {"anna": "a"}


def test_the_project_of_the_only_student_is_not_taken_for_a_class(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna/submission.py": "a", "anna/helper.py": "", "anna/more/other.py": ""}))
    assert found.taken == {"anna": "a"}


def test_a_folder_that_is_called_as_the_zip_is_around_the_class(hand_over: HandOver) -> None:
    found = seen(hand_over({"class/anna/work.py": "a"}))
    assert found.taken == {"anna": "a"}


def test_the_only_student_may_be_called_as_the_zip(hand_over: HandOver) -> None:
    assert seen(hand_over({"class/submission.py": "a"})).taken == {"class": "a"}


def test_notes_within_the_folder_around_the_class_do_not_hide_it(hand_over: HandOver) -> None:
    found = seen(hand_over({"all/readme.txt": "", "all/anna/x.py": "a", "all/berta/x.py": "b"}))
    assert found.taken == {"anna": "a", "berta": "b"}


def test_what_systems_leave_behind_is_not_mentioned(hand_over: HandOver) -> None:
    noise = {
        "__MACOSX/class/._anna.py": "x",
        ".DS_Store": "x",
        "class/.DS_Store": "x",
        "class/._anna.py": "x",
        "class/Thumbs.db": "x",
        "class/desktop.ini": "x",
        "class/.ipynb_checkpoints/berta-checkpoint.ipynb": "x",
        "class/__pycache__/anna.cpython-311.pyc": "x",
        "class/.vscode/launch.py": "x",
    }
    found = seen(hand_over({"class/anna.py": "a", "class/berta.ipynb": NOTEBOOK} | noise))
    assert found.layout is Layout.FILES
    assert set(found.taken) == {"anna", "berta"}
    assert found.intake.left_out == ()


def test_a_hidden_solution_is_told(hand_over: HandOver) -> None:
    found = seen(hand_over({"anna/.submission.py": "a", "berta/x.py": "b"}))
    assert found.taken == {"berta": "b"}
    assert "begins with a dot" in found.refused["anna"]


def test_a_virtual_environment_is_told_as_one(hand_over: HandOver) -> None:
    environment = {"pyvenv.cfg": "", "lib/python3/site.py": "", "Lib/x/y.py": "", "bin/activate_this.py": ""}
    found = seen(
        hand_over(
            {"anna/x.py": "a", "berta/submission.py": "b", "berta/src/lib/y.py": "", "carl/bin/x.py": "c"}
            | {f"anna/env/{name}": content for name, content in environment.items()}
            | {f"berta/{name}": content for name, content in environment.items()}
        )
    )
    assert found.taken == {"anna": "a", "berta": "b", "carl": "c"}
    installed = {where for where, why in found.left_out.items() if "virtual environment" in why}
    assert installed == {f"{top}/{name}" for top in ("anna/env", "berta") for name in ("lib", "Lib", "bin")}
    assert set(found.left_out) - installed == {"anna/env/pyvenv.cfg", "berta/pyvenv.cfg", "berta/src/lib/y.py"}


def test_a_hidden_environment_is_not_mentioned(hand_over: HandOver) -> None:
    found = seen(
        hand_over({"anna/x.py": "a", "anna/.venv/pyvenv.cfg": "", "anna/.venv/lib/y.py": "", "b/x.py": "b"})
    )
    assert found.taken == {"anna": "a", "b": "b"}
    assert found.left_out == {}


# Moodle


MOODLE = {
    "Änne Müller_123_assignsubmission_file/Lösung 1.py": "ä",
    "Bo von Berg_124_assignsubmission_file_/sub/work.ipynb": NOTEBOOK,
    "Bo von Berg_124_assignsubmission_onlinetext/onlinetext.html": "<p>",
    "Carl Cook_125_assignsubmission_onlinetext_/onlinetext.html": "<p>",
    "Dora Dill_126_assignsubmission_file/": "",
    "Default group_assignsubmission_file/x.py": "g",
    "grades.csv": "",
}


def test_moodles_folders(hand_over: HandOver) -> None:
    found = seen(hand_over(MOODLE))
    assert found.layout is Layout.MOODLE
    assert found.taken == {"123": "ä", "124": NOTEBOOK, "Default group": "g"}
    assert (found.of("123").name, found.of("123").platform_id) == ("Änne Müller", "123")
    assert found.refused == {
        "125": "Nothing was handed in as a file; what was typed into Moodle is not graded.",
        "126": "There is no .py or .ipynb file.",
    }
    assert found.row("125").name == "Carl Cook"
    assert set(found.left_out) == {
        "Bo von Berg_124_assignsubmission_onlinetext/onlinetext.html",
        "Carl Cook_125_assignsubmission_onlinetext_/onlinetext.html",
        "grades.csv",
    }


def test_moodles_download_without_folders(hand_over: HandOver) -> None:
    found = seen(
        hand_over(
            {
                "Änne Müller_123_assignsubmission_file_submission.py": "a",
                "Änne Müller_123_assignsubmission_file_helper.py": "h",
                "Bo Berg_124_assignsubmission_file_my_assignsubmission_file_x.py": "b",
                "Bo Berg_124_assignsubmission_onlinetext_onlinetext.html": "",
                "Cy_125_assignsubmission_file_a.py": "",
                "Cy_125_assignsubmission_file_b.py": "",
            }
        )
    )
    assert found.layout is Layout.MOODLE
    assert found.taken == {"123": "a", "124": "b"}
    assert "a.py, b.py" in found.refused["125"]
    assert found.left_out["Änne Müller_123_assignsubmission_file_helper.py"].startswith("submission.py, which")


def test_moodles_folder_of_the_only_student(hand_over: HandOver) -> None:
    found = seen(hand_over({"Download/Anna_1_assignsubmission_file/x.py": "a"}))
    assert (found.layout, found.taken) == (Layout.MOODLE, {"1": "a"})


def test_moodles_folder_of_the_only_student_is_not_looked_through(hand_over: HandOver) -> None:
    found = seen(hand_over({"Anna_1_assignsubmission_file/a.py": "1", "Anna_1_assignsubmission_file/b.py": "2"}))
    assert (found.layout, found.taken, set(found.refused)) == (Layout.MOODLE, {}, {"1"})


# Canvas


def test_canvas(hand_over: HandOver) -> None:
    found = seen(
        hand_over(
            {
                "doejane_111_9001_digits.py": "j",
                "roejohn_LATE_112_9002_work_1_2.ipynb": NOTEBOOK,
                "anon_a1B2c_9003_x.py": "n",
                "LATE_anon_Zz9Yy_9004_5_x.py": "m",
                "poeedgar_113_text.html": "<p>",
                "123_114_9005_x.py": "d",
                "zoezip_115_9006_all.zip": zipped({"work/x.py": "z"}),
                "readme.txt": "",
            }
        )
    )
    assert found.layout is Layout.CANVAS
    assert found.taken == {"111": "j", "112": NOTEBOOK, "a1B2c": "n", "Zz9Yy": "m", "114": "d", "115": "z"}
    assert {h.student for h in found.hand_ins if h.late} == {"112", "Zz9Yy"}
    assert (found.of("111").name, found.of("111").platform_id) == ("doejane", "111")
    assert found.of("114").name == "123"
    assert found.refused == {"113": "Nothing was handed in as a file; what was typed in is not graded."}
    assert set(found.left_out) == {"poeedgar_113_text.html", "readme.txt"}


def test_of_canvas_versions_the_newest_counts(hand_over: HandOver) -> None:
    found = seen(
        hand_over(
            {
                "doejane_1_10_work.ipynb": "old",
                "doejane_1_20_work-1.ipynb": "newer",
                "doejane_LATE_1_30_work-10.ipynb": "newest",
                "roejohn_2_40_b-1.py": "1",
                "roejohn_2_41_b-2.py": "2",
            }
        )
    )
    assert found.taken == {"1": "newest", "2": "2"}
    assert found.of("1").late
    assert found.left_out == dict.fromkeys(
        ("doejane_1_10_work.ipynb", "doejane_1_20_work-1.ipynb", "roejohn_2_40_b-1.py"),
        "A newer version of this file was handed in.",
    )


def test_canvas_versions_whose_marks_disagree_are_left(hand_over: HandOver) -> None:
    found = seen(hand_over({"doejane_1_30_a.py": "x", "doejane_1_20_a-1.py": "y", "roejohn_2_1_b.py": "z"}))
    assert found.taken == {"2": "z"}
    assert "2 files" in found.refused["1"]


def test_another_files_version_does_not_replace_the_named_one(hand_over: HandOver) -> None:
    found = seen(hand_over({"doejane_1_10_submission-1.py": "x", "doejane_1_11_helper.py": "y"}))
    assert found.taken == {"1": "x"}


# Clones


def test_clones(hand_over: HandOver) -> None:
    found = seen(
        hand_over(
            {
                "digits-2026-anna/.git/HEAD": "ref",
                "digits-2026-anna/submission.py": "a",
                "digits-2026-anna/README.md": "",
                "digits-2026-anna-m/.git": "gitdir: elsewhere",
                "digits-2026-anna-m/notebooks/digits.ipynb": NOTEBOOK,
                "digits-2026-anna-m/.github/check.py": "",
                "digits-2026-berta/.git/HEAD": "ref",
                "notes/example.py": "",
                "roster.csv": "",
            }
        )
    )
    assert found.layout is Layout.CLASSROOM
    assert found.taken == {"anna": "a", "anna-m": NOTEBOOK}
    assert found.of("anna").platform_id == "anna"
    assert found.refused == {"berta": "There is no .py or .ipynb file."}
    assert set(found.left_out) == {"digits-2026-anna/README.md", "notes/example.py", "roster.csv"}


def test_the_folder_around_clones_names_the_assignment(hand_over: HandOver) -> None:
    files = {f"hw-submissions/hw-a-{n}/{file}": n for n in "12" for file in (".git/HEAD", "x.py")}
    assert seen(hand_over(files)).taken == {"a-1": "1", "a-2": "2"}


@pytest.mark.parametrize(("folder", "login"), [("digits-anna", "anna"), ("hw1-anna", "hw1-anna")])
def test_of_a_single_clone_only_the_exercises_name_is_taken_off(
    hand_over: HandOver, folder: str, login: str
) -> None:
    found = seen(hand_over({f"{folder}/.git/HEAD": "", f"{folder}/x.py": "a"}))
    assert (found.layout, found.taken) == (Layout.CLASSROOM, {login: "a"})


# nbgrader


def nbgrader(top: str = "") -> dict[str, str]:
    return {
        f"{top}anna/digits/work.ipynb": "a",
        f"{top}anna/digits/timestamp.txt": "2026-11-20 11:59:59.5 UTC",
        f"{top}anna/wine/work.ipynb": "other",
        f"{top}berta/digits/work.ipynb": "b",
        f"{top}berta/digits/timestamp.txt": "2026-11-20 12:00:00.000001\n",
        f"{top}carl/digits/work.ipynb": "c",
        f"{top}carl/digits/timestamp.txt": "yesterday",
        f"{top}dora/wine/work.ipynb": "other",
    }


@pytest.mark.parametrize("top", ["", "submitted/", "course/submitted/"])
def test_nbgrader(hand_over: HandOver, top: str) -> None:
    found = seen(hand_over(nbgrader(top)), due=NOON)
    assert found.layout is Layout.NBGRADER
    assert found.taken == {"anna": "a", "berta": "b", "carl": "c"}
    assert found.of("anna").submitted == datetime(2026, 11, 20, 11, 59, 59, 500_000, tzinfo=UTC)
    assert {h.student: h.late for h in found.hand_ins} == {"anna": False, "berta": True, "carl": False}
    assert found.refused == {"dora": "Nothing was handed in for digits."}
    assert found.left_out == {
        f"{top}anna/wine/work.ipynb": "It belongs to another assignment, wine.",
        f"{top}dora/wine/work.ipynb": "It belongs to another assignment, wine.",
        f"{top}carl/digits/timestamp.txt": (
            "No time can be read from it, so it is not known when this was handed in."
        ),
    }


def test_of_nbgraders_course_only_the_hand_ins_are_looked_at(hand_over: HandOver) -> None:
    course = {"source/digits/work.ipynb": "s", "autograded/anna/digits/work.ipynb": "g", "gradebook.db": ""}
    stray = {"submitted/readme.txt": "", "submitted/anna/work.ipynb": "?"}
    found = seen(hand_over(nbgrader("submitted/") | course | stray))
    assert found.layout is Layout.NBGRADER
    assert found.taken["anna"] == "a"
    assert {"source", "autograded", "gradebook.db", *stray} <= set(found.left_out)


def test_nbgraders_only_assignment_may_have_another_name(hand_over: HandOver) -> None:
    found = seen(hand_over({"submitted/anna/ps1/problem.ipynb": "a", "submitted/berta/ps1/problem.ipynb": "b"}))
    assert found.taken == {"anna": "a", "berta": "b"}


def test_nbgraders_assignment_may_be_spelt_differently(hand_over: HandOver) -> None:
    files = {"submitted/anna/Model Styles/p.ipynb": "a", "submitted/anna/other/p.ipynb": "b"}
    assert seen(hand_over(files), "model_styles").taken == {"anna": "a"}


def test_of_nbgraders_assignments_the_one_with_exactly_the_name_is_taken(hand_over: HandOver) -> None:
    files = {"submitted/anna/digits/p.ipynb": "a", "submitted/anna/Digits-/p.ipynb": "b"}
    assert seen(hand_over(files | {"submitted/anna/DIGITS/p.ipynb": "c"})).taken == {"anna": "a"}


def test_a_student_may_be_called_as_nbgraders_folder(hand_over: HandOver) -> None:
    found = seen(hand_over({"submitted/x.ipynb": "s", "submitted/sub/notes.txt": "", "anna/x.ipynb": "a"}))
    assert (found.layout, found.taken) == (Layout.FOLDERS, {"anna": "a", "submitted": "s"})


def test_of_nbgraders_assignments_none_is_guessed(hand_over: HandOver) -> None:
    files = {"submitted/anna/ps1/problem.ipynb": "a", "submitted/berta/ps2/problem.ipynb": "b"}
    assert refusal(hand_over(files)) == (
        "None of the 2 assignments is called digits: ps1, ps2. Rename the one that is meant, or leave only that "
        "one in the folder."
    )


def test_scripts_in_folders_called_submitted_are_not_nbgraders(hand_over: HandOver) -> None:
    found = seen(hand_over({"submitted/anna/src/x.py": "a", "submitted/berta/code/x.py": "b"}))
    assert (found.layout, found.taken) == (Layout.FOLDERS, {"anna": "a", "berta": "b"})


def test_a_students_timestamp_does_not_change_the_layout(hand_over: HandOver) -> None:
    files = {"anna/x/timestamp.txt": "now", "anna/x/a.ipynb": "a", "berta/b.py": "b", "carl/c.py": "c"}
    found = seen(hand_over(files))
    assert (found.layout, found.taken) == (Layout.FOLDERS, {"anna": "a", "berta": "b", "carl": "c"})


# Gradescope

METADATA = """---
submission_11:
  :submitters:
  - :name: Änne Müller
    :sid: '007'
    :email: aenne@example.org
  :created_at: 2026-11-20 04:00:01.000000000 -08:00
  :score: 1.0
  :results:
    tests:
    - name: ":submitters:"
      :submitters: [x]
  :history:
  - :id: 5
    :created_at: 2026-11-01 04:00:00.000000000 -08:00
submission_12:
  :submitters:
  - :name: Bo
    :sid:
    :email: bo@example.org
  - :name: Cy
    :sid: '009'
    :email: cy@example.org
  :created_at: 2026-11-20 12:00:00.000000000 Z
submission_13:
  :submitters:
  - :name: Dora
    :sid: '010'
    :email: dora@example.org
submission_14:
  :submitters: []
  :created_at: 2026-11-20 12:00:00.000000000 Z
"""
GRADESCOPE = {
    "submission_metadata.yml": METADATA,
    "submission_11/work.py": "a",
    "submission_12/submission.py": "group",
    "submission_12/more.py": "",
    "submission_14/x.py": "nobody's",
    "submission_99/x.py": "unknown",
    "stray.py": "",
}


@pytest.mark.parametrize("top", ["", "assignment_1_export/"])
def test_gradescope(hand_over: HandOver, top: str) -> None:
    found = seen(hand_over({top + name: content for name, content in GRADESCOPE.items()}), due=NOON)
    assert found.layout is Layout.GRADESCOPE
    assert found.taken == {"007": "a", "009": "group", "bo@example.org": "group"}
    anna = found.of("007")
    assert (anna.name, anna.email, anna.platform_id) == ("Änne Müller", "aenne@example.org", "007")
    assert anna.submitted == datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
    assert {h.student for h in found.hand_ins if h.late} == {"007"}
    assert found.refused == {
        "010": "submission_metadata.yml names this hand-in, but its folder is missing.",
        "submission_14": "submission_metadata.yml does not say whose hand-in this is.",
        "submission_99": "submission_metadata.yml does not say whose hand-in this is.",
    }
    assert set(found.left_out) == {f"{top}stray.py", f"{top}submission_12/more.py", "submission_13"}


def entry(number: int, sid: str, email: str, at: str) -> str:
    return (
        f"submission_{number}:\n  :submitters:\n  - :name: N\n    :sid: '{sid}'\n    :email: {email}\n"
        f"  :created_at: {at}\n"
    )


def test_of_two_hand_ins_of_one_student_the_newest_counts(hand_over: HandOver) -> None:
    metadata = entry(1, "7", "a@x", "2026-01-02 00:00:00 Z") + entry(2, "7", "a@x", "2026-01-01 00:00:00 Z")
    files = {"submission_metadata.yml": metadata, "submission_1/x.py": "newer", "submission_2/x.py": "older"}
    found = seen(hand_over(files))
    assert found.taken == {"7": "newer"}
    assert found.left_out == {"submission_2": "A newer hand-in of this student was found: submission_1."}


@pytest.mark.parametrize("second", ["2026-01-02 00:00:00 Z", "some day"])
def test_two_hand_ins_of_which_none_is_known_to_be_newer_are_left(hand_over: HandOver, second: str) -> None:
    metadata = entry(1, "7", "a@x", "2026-01-02 00:00:00 Z") + entry(2, "7", "a@x", second)
    files = {"submission_metadata.yml": metadata, "submission_1/x.py": "1", "submission_2/x.py": "2"}
    found = seen(hand_over(files))
    assert found.taken == {}
    assert found.refused["7"].startswith("There are 2 hand-ins of this student: submission_1, submission_2.")


def test_two_people_with_one_number_stay_two(hand_over: HandOver) -> None:
    metadata = entry(1, "7", "a@x", "2026-01-02 00:00:00 Z") + entry(2, "7", "b@x", "2026-01-01 00:00:00 Z")
    files = {"submission_metadata.yml": metadata, "submission_1/x.py": "1", "submission_2/x.py": "2"}
    assert seen(hand_over(files)).taken == {"7 a@x": "1", "7 b@x": "2"}
