"""ILIAS's downloads: participants' folders, teams, and the status file with the names as people write them."""

import pytest

from grader.classroom.intake import Layout
from grader.classroom.intake.layouts.ilias import IliasName, parse_name
from tests.classroom.intake.conftest import HandOver
from tests.classroom.intake.handed import seen

STATUS = (
    '"update","usr_id","login","lastname","firstname","status","mark","notice","comment","plagiarism","plag_comment"\n'
    '"0","4711","amueller","Müller-Lüdenscheidt","Änne","notgraded","","","","",""\n'
    '"0","4712","iivanov","Иванов","Иван","notgraded","","","","",""\n'
)


@pytest.mark.parametrize(
    ("folder", "parsed"),
    [
        ("Mueller_Anna_amueller_4711", IliasName("Anna Mueller", "amueller", "4711")),
        ("Mueller-Luedenscheidt_Anna Maria_am.l_7", IliasName("Anna Maria Mueller-Luedenscheidt", "am.l", "7")),
        ("O'Brien_Sean_so_8", IliasName("Sean O'Brien", "so", "8")),
        ("____________________ivan_p_9", IliasName("ivan p", "", "9")),  # where the login begins is not clear
        ("Mueller_Anna_4711", None),
        ("Mueller_Anna_amueller_x", None),
    ],
)
def test_a_folders_name_is_taken_apart(folder: str, parsed: IliasName | None) -> None:
    assert parse_name(folder) == parsed


def test_a_download_of_all_submissions(hand_over: HandOver) -> None:
    found = seen(
        hand_over(
            {
                "Digits/Abgaben/Mueller-Luedenscheidt_Aenne_amueller_4711/digits.py": "a",
                "Digits/Abgaben/Weiss_Ben_bweiss_4713/Verspaetete Abgabe - work.py": "late",
                "Digits/Abgaben/Weiss_Ben_bweiss2_4714/": "",
                "Digits/Digits.xlsx": "",
            }
        )
    )
    assert found.layout is Layout.ILIAS
    assert found.taken == {"Mueller-Luedenscheidt_Aenne_amueller_4711": "a", "Weiss_Ben_bweiss_4713": "late"}
    assert found.of("Weiss_Ben_bweiss_4713").late
    assert not found.of("Mueller-Luedenscheidt_Aenne_amueller_4711").late
    assert found.of("Weiss_Ben_bweiss_4713").platform_id == "bweiss"
    assert found.refused == {"Weiss_Ben_bweiss2_4714": "There is no .py or .ipynb file."}  # of the same name


def test_a_status_file_has_the_names_as_people_write_them(hand_over: HandOver) -> None:
    around = "multi_feedback_Digits_36"
    found = seen(
        hand_over(
            {
                f"{around}/Mueller-Luedenscheidt_Aenne_amueller_4711/x.py": "a",
                f"{around}/_______________________iivanov_4712/x.py": "b",
                f"{around}/status.csv": STATUS,
            }
        )
    )
    assert [(h.name, h.platform_id) for h in found.hand_ins] == [
        ("Änne Müller-Lüdenscheidt", "amueller"),
        ("Иван Иванов", "iivanov"),
    ]
    assert not found.left_out


def test_a_status_file_that_cannot_be_read_costs_the_names_only(hand_over: HandOver) -> None:
    found = seen(hand_over({"Mueller_Anna_a_1/x.py": "a", "Weiss_Ben_b_2/x.py": "b", "status.csv": "x,y\n1,2\n"}))
    assert found.of("Mueller_Anna_a_1").name == "Anna Mueller"
    assert found.left_out["status.csv"].startswith(
        "status.csv has no column update, status, mark, usr_id; it has:"
    )


def test_a_team_hands_in_for_all_that_have_a_folder(hand_over: HandOver) -> None:
    found = seen(
        hand_over(
            {
                "Digits/Submissions/Team 12/Mueller_Anna_am_1/digits.py": "a",
                "Digits/Submissions/Team 12/Weiss_Ben_bw_2/": "",
                "Digits/Submissions/Team 13/Gross_Cem_cg_3/digits.py": "c",
                "Digits/Submissions/Team 13/Klein_Dora_dk_4/digits.py": "d",
            }
        )
    )
    assert found.layout is Layout.ILIAS
    assert found.taken == {"Mueller_Anna_am_1": "a", "Weiss_Ben_bw_2": "a"}
    assert set(found.refused) == {"Gross_Cem_cg_3", "Klein_Dora_dk_4"}  # two files, and nobody knows which counts


def test_folders_that_share_their_number_are_no_download_of_ilias(hand_over: HandOver) -> None:
    found = seen(hand_over({"a_b_group_7/x.py": "a", "c_d_group_7/x.py": "b"}))
    assert found.layout is Layout.FOLDERS
    assert set(found.taken) == {"a_b_group_7", "c_d_group_7"}
