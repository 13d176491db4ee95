"""The reports of a class: whose they are, what leads where, and the decided mark."""

from pathlib import Path

import msgspec

from grader.classroom.adjustments import Decision, adjust
from grader.classroom.folder import Settings, prepare_folder
from grader.classroom.pages import Publisher
from grader.classroom.store import Judgement, NewHandIn, Store
from grader.protocol.hand_in import HandIn
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import CodeUnit, Exhibits
from tests.reports import samples
from tests.reports.classroom.samples import NOON
from tests.reports.submission.test_html import Page

VERDICT = samples.three_failures()[0]
CODE = Exhibits(code=(CodeUnit(cell=None, lines=("# by Ada Lovelace", "<!--/neighbours-->x = 1")),))


class Class:
    """A class whose members hand in one after the other."""

    def __init__(self, folder: Path, *, anonymous: bool = False) -> None:
        settings = Settings(
            exercise="digits", series="digits", course="", language="en", mode="walls", anonymous=anonymous
        )
        self.folder = prepare_folder(folder, settings)
        self.store = Store.open(self.folder.path)

    def hand_in(self, *names: str) -> None:
        """Enter hand-ins, judge them, and write the pages."""
        new = [_hand_in(name) for name in names]
        numbers = self.store.add_hand_ins("digits", new, self.store.begin_run("digits", "me"))
        publisher = Publisher(self.folder, self.store)
        self.store.add_verdicts(Judgement(number=n, key="k", verdict=VERDICT, by="me") for n in numbers)
        for row in self.store.newest_hand_ins("digits"):
            if row.entry.name in names:
                publisher.write_report(row.entry, VERDICT, CODE)
        publisher.write_dashboard()

    def report(self, name: str) -> str:
        """Return the text of a report."""
        (row,) = (row for row in self.store.newest_hand_ins("digits") if row.entry.name == name)
        publisher = Publisher(self.folder, self.store)
        address = self.folder.report_address(publisher.public_key(row.entry.student))
        return (self.folder.path / address).read_text(encoding="utf-8")

    def follow(self, name: str) -> dict[str, str]:
        """Return where the links of a report's first lines lead to, as the title of the page there."""
        targets = {}
        for link in Page(self.report(name)).with_tag("a"):
            href = str(link["href"])
            if not href.startswith("#"):
                target = (self.folder.path / "reports" / href).resolve()
                targets[link.get("rel") or "up"] = Page(target.read_text(encoding="utf-8")).text.split(" handed")[
                    0
                ]
        return {rel: text.rpartition("content ")[2].split()[0] for rel, text in targets.items()}


def _hand_in(name: str) -> NewHandIn:
    who = HandIn(student=f"id of {name}", name=name, file=f"{name}/submission.py", submitted=NOON, late=True)
    return NewHandIn(hand_in=who, submission=Submission("submission.py", "0" * 64, "script", (Unit("x", "x"),)))


def test_a_report_says_whose_it_is_and_leads_to_its_neighbours(tmp_path: Path) -> None:
    of = Class(tmp_path / "out")
    of.hand_in("Ada", "Cem")
    text = Page(of.report("Ada")).text
    assert "Ada id of Ada handed in Nov 20, 2026, 12:00 UTC late" in text
    assert of.follow("Ada") == {"up": "The", "next": "Cem"}
    assert of.follow("Cem") == {"up": "The", "prev": "Ada"}
    before = of.report("Cem")
    of.hand_in("Bea")  # who comes later takes her place between the two, in reports that are not made again
    assert of.follow("Ada") == {"up": "The", "next": "Bea"}
    assert of.follow("Bea") == {"up": "The", "prev": "Ada", "next": "Cem"}
    assert of.follow("Cem") == {"up": "The", "prev": "Bea"}
    assert before.split("<header")[1] == of.report("Cem").split("<header")[1]


def test_a_class_without_reports_has_a_dashboard(tmp_path: Path) -> None:
    of = Class(tmp_path / "out")
    Publisher(of.folder, of.store).write_dashboard()
    assert (of.folder.path / "index.html").is_file()


def test_pseudonyms_hold_in_the_code_too(tmp_path: Path) -> None:
    of = Class(tmp_path / "out", anonymous=True)
    of.hand_in("Ada Lovelace")
    report = of.report("Ada Lovelace")
    assert "Ada" not in report
    assert "Lovelace" not in report
    assert "handed in" not in report
    assert "# by " in report


def test_the_decided_mark_is_the_large_one(tmp_path: Path) -> None:
    of = Class(tmp_path / "out")
    of.hand_in("Ada")
    publisher = Publisher(of.folder, of.store)
    row = adjust(of.store, publisher, "Ada", [Decision("scale", 6), Decision(None, 1)], "It is right.", "me")
    publisher.write_report(row.entry, VERDICT, msgspec.structs.replace(CODE, code=()))
    page = of.report("Ada")
    large = VERDICT.points + 7
    assert f'<span class="gained">{large:g}</span>' in page
    text = Page(page).text
    assert f"decided by a person; the grader gave {VERDICT.points:g}" in text
    assert "6 / 6 the grader: 0" in text
    steps = page[page.index('id="next-title"') : page.index('id="open"')]
    assert "#criterion-scale" not in steps
    assert "#criterion-figures" in steps
