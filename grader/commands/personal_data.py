"""Carry out what concerns the data of single students: delete them, or hand them out."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from grader.classroom.erasure import ErasurePlan, ErasureResult, erase_people, finish_erasure, plan_erasure
from grader.classroom.folder import ClassFolder, open_store, write_file
from grader.classroom.folder_use import use_folder_alone
from grader.classroom.pages import Publisher
from grader.classroom.person_export import name_person_export, pack_person
from grader.classroom.person_search import find_older, find_person, read_instant
from grader.commands.classroom_output import ClassOutput, to_terminal_line
from grader.commands.classroom_session import open_class
from grader.core.i18n import Message, Translator, _
from grader.grading.practice_cache import PracticeCache, answers_folder

MAX_LINES = 200  # of one list: what is deleted has to be seen


def forget_people(
    folder: ClassFolder,
    student: str | None,
    older_than: str | None,
    confirm: Callable[[], bool],
    translate: Translator,
) -> None:
    """Show what would be deleted of a student, or of all whose work is older; delete it once confirmed."""
    time = None if older_than is None else read_instant(older_than)
    with open_store(folder) as store:
        output = _Output(translate, is_anonymous=folder.settings.anonymous)
        if finish_erasure(folder, store):
            ClassOutput(translate).print_erasure_finished()
        with use_folder_alone(folder.path):
            publisher = Publisher(folder, store)
            people = find_older(publisher, time) if time is not None else [find_person(publisher, student or "")]
            if not people:
                output.print(_("Nobody's work is older. Nothing was deleted."))
                return
            plan = plan_erasure(publisher, people)
            output.print_plan(publisher, plan)
            if not confirm():
                output.print(_("Nothing was deleted. To delete it, run the same command with --yes."))
                return
            result = erase_people(publisher, plan)
        answers = PracticeCache(answers_folder()).remove_of(plan.hashes)
        output.print_erased(plan, result, answers)


def export_person(folder: ClassFolder, student: str, out: Path | None, translate: Translator) -> None:
    """Write everything that is known of a student into one file."""
    with open_class(folder, translate) as session:
        row = find_person(session.publisher, student)
        data = pack_person(session.publisher, row)
        target = out or folder.path / name_person_export(session.publisher, row.entry.student)
        write_file(target, data)
    _Output(translate, is_anonymous=folder.settings.anonymous).print(
        _("Everything about this student: {file}", file=str(target))
    )


class _Output:
    """Prints what is deleted, without names in a class with pseudonyms."""

    def __init__(self, translate: Translator, *, is_anonymous: bool) -> None:
        self._translate, self._is_anonymous = translate, is_anonymous

    def print(self, sentence: Message) -> None:
        """Print a sentence."""
        _print_line(self._translate(sentence))

    def print_plan(self, publisher: Publisher, plan: ErasurePlan) -> None:
        """Print who and what is to be deleted."""
        names = [publisher.public_name(row.entry.student, row.entry.name) for row in plan.people]
        keys = [publisher.public_key(row.entry.student) for row in plan.people]
        pairs = zip(names, keys, strict=True)
        self._print_list(
            _("This deletes from {folder}:", folder=str(publisher.folder.path)),
            [name if name == key else f"{name} ({key})" for name, key in pairs],
        )
        self.print(
            _(
                "Hand-ins: {hand_ins}. Verdicts: {verdicts}. Adjustments and marks by hand: {adjustments}. "
                "Regrade requests: {requests}. Besides: evidence and reports.",
                hand_ins=plan.hand_ins,
                verdicts=plan.verdicts,
                adjustments=plan.adjustments,
                requests=plan.requests,
            )
        )
        if plan.comments:
            self.print(
                _(
                    "Texts of reusable comments that nobody else reads: {count}. They are deleted, too.",
                    count=plan.comments,
                )
            )
        self._print_list(
            _(
                "They are named in comments that others have, on the criteria below. Change these first, with "
                "grader review: what they said before is then deleted, too."
            ),
            plan.shared_comments,
        )
        if plan.others_of_evidence:
            self.print(
                _(
                    "Others handed in the same file: {count}. Its evidence stays, for it is theirs, too.",
                    count=plan.others_of_evidence,
                )
            )
        self._print_list(
            _("These files are removed as well, for they name these students or are made of the whole class:"),
            plan.files,
        )

    def print_erased(self, plan: ErasurePlan, result: ErasureResult, answers: int) -> None:
        """Print that it is done, and what is left for people to delete."""
        self.print(_("Deleted. The marks of all others are as before."))
        if plan.files:
            self.print(_("What was made of the class can be made again: grader export, similarity, gradebook."))
        if answers:
            self.print(_("Removed from the answers of grader check on this machine: {count}.", count=answers))
        self._print_list(_("These files still name them; look whether they may stay:"), result.naming)
        self._print_list(_("They are named in the reason of an adjustment of:"), result.mentions.reasons)
        self._print_list(_("They are named in a regrade request of:"), result.mentions.requests)
        self._print_list(
            _("They are named in comments that others have, on these criteria:"), result.mentions.comments
        )
        self._print_outside(plan)

    def _print_outside(self, plan: ErasurePlan) -> None:
        """Print what this folder does not hold, so that nobody takes it for deleted."""
        self.print(_("Outside of this folder, nothing was deleted. Look there yourself:"))
        self.print(
            _("- the files that were handed in, and reports beside them. If they are graded again, all is back.")
        )
        self._print_lines(() if self._is_anonymous else plan.handed_in)
        self._print_list(_("- other classes in the same database:"), plan.other_classes)
        for sentence in (
            _("- the same student in the folders of other exercises: grader forget for each of them"),
            _("- files with regrade requests, and the form or mailbox that they came from"),
            _("- tables, reports and gradebooks that were written or copied elsewhere, and those on platforms"),
            _("- backups of this folder, log files, and what a database server or a drive keeps of deleted data"),
        ):
            self.print(sentence)

    def _print_list(self, sentence: Message, lines: Sequence[str]) -> None:
        """Print a sentence and its lines, if there are any."""
        if lines:
            self.print(sentence)
            self._print_lines(lines)

    def _print_lines(self, lines: Sequence[str]) -> None:
        for line in lines[:MAX_LINES]:
            _print_line(f"  {to_terminal_line(line)}")
        if len(lines) > MAX_LINES:
            _print_line("  " + self._translate(_("and {count} more", count=len(lines) - MAX_LINES)))


def _print_line(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
