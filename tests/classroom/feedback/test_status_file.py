"""ILIAS's status file: what is written into it, what stays, and what cannot be used."""

import pytest

from grader.classroom.status_file import (
    Person,
    StatusUpdate,
    UnusableStatusFileError,
    fill_status_file,
    read_people,
)
from grader.core.i18n import Translator

MEMBERS = (
    "\ufeffupdate;usr_id;login;lastname;firstname;status;mark;notice;comment;plagiarism;plag_comment\r\n"
    '0;1;am;Müller;Änne;notgraded;;"a;b";;;\r\n'
    "0;2;bw;Weiss;Ben;failed;3;;;;\r\n"
).encode()
TEAMS = (
    b"update,team_id,logins,status,mark,notice,comment,plagiarism,plag_comment\n"
    b'0,12,"am, bw",notgraded,,,,,\n'
    b'0,13,"cg, dk",notgraded,,,,,\n'
    b'0,14,"zz",notgraded,,,,,\n'
)


def test_people_are_read_as_they_are_written() -> None:
    assert read_people("status.csv", MEMBERS) == {"1": Person("Änne Müller", "am"), "2": Person("Ben Weiss", "bw")}
    assert read_people("status.csv", TEAMS) == {}


def test_only_the_rows_of_those_with_a_mark_change() -> None:
    filled = fill_status_file("status.csv", MEMBERS, {"1": StatusUpdate(7.5, True)}, {}).data.decode()
    lines = filled.split("\r\n")
    assert lines[0].startswith('\ufeff"update";')
    assert lines[1] == '"1";"1";"am";"Müller";"Änne";"passed";"7.5";"a;b";"";"";""'
    assert lines[2] == '"0";"2";"bw";"Weiss";"Ben";"failed";"3";"";"";"";""'


def test_who_did_not_pass_everything_keeps_the_status() -> None:
    filled = fill_status_file("status.csv", MEMBERS, {}, {"bw": StatusUpdate(4.0, False)}).data.decode()
    assert '"1";"2";"bw";"Weiss";"Ben";"failed";"4";' in filled


def test_a_team_gets_the_mark_that_its_members_share() -> None:
    same, other = StatusUpdate(5.0, False), StatusUpdate(6.0, False)
    filled = fill_status_file("status.csv", TEAMS, {}, {"am": same, "cg": same, "dk": other})
    lines = filled.data.decode().splitlines()
    assert lines[1] == '"1","12","am, bw","notgraded","5","","","",""'
    assert lines[2].startswith('"0","13"')
    assert lines[3].startswith('"0","14"')
    assert filled.undecided_teams == ("cg, dk",)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("status.csv", b"\xff\xfe", "status.csv cannot be read (UnicodeDecodeError)"),
        ("status.csv", b"", "status.csv has no column update, status, mark, usr_id; it has: –."),
        ("status.csv", b"update,status,mark\n", "status.csv has no column usr_id; it has: update, status, mark."),
        ("status.xlsx", b"PK\x03\x04", "status.xlsx cannot be read (BadZipFile)"),
    ],
)
def test_what_cannot_be_used_is_told(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnusableStatusFileError) as caught:
        fill_status_file(name, data, {}, {})
    assert Translator("en")(caught.value.text).startswith(reason)
