"""Update the German catalogue from the sentences in the code: `python -m scripts.translations`.

Sentences are found where `_("...")` marks them, and in the templates of the reports. English is their own key.
"""

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from grader.core.i18n import LOCALE_FOLDER

ROOT = Path(__file__).resolve().parent.parent
GERMAN = LOCALE_FOLDER / "de" / "LC_MESSAGES" / "grader.po"
FOLDERS = ("grader", "reports")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**.html": {"silent": "false", "newstyle_gettext": "true", "trimmed": "true"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


def extract_sentences() -> Catalog:
    """Return all sentences of the code, without translations, each with the files that say it."""
    catalogue = Catalog(domain="grader", charset="utf-8")
    for folder in FOLDERS:
        for file, _, message, comments, context in extract_from_dir(
            ROOT / folder, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, comment_tags=("i18n:",)
        ):
            # Files without line numbers: a catalogue is not to change when a line moves.
            catalogue.add(
                message,
                locations=[(f"{folder}/{Path(file).as_posix()}", None)],
                auto_comments=comments,
                context=context,
            )
    return catalogue


def read_german() -> Catalog:
    """Return the German catalogue as it is written."""
    if not GERMAN.exists():
        return Catalog(locale="de", domain="grader", charset="utf-8")
    with GERMAN.open("rb") as file:
        return read_po(file, locale="de", domain="grader")


def compile_catalogue(catalogue: Catalog) -> bytes:
    """Return what gettext reads at run time."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update() -> list[str]:
    """Write the catalogue, translations kept, and compile it. Returns the sentences without translation."""
    catalogue = read_german()
    catalogue.update(extract_sentences(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = (
        "# The German sentences of the grader. Written by people; kept in step by `make messages`."
    )
    catalogue.project, catalogue.version = "keras-grader", ""
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    # No dates: the same sentences give the same file.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    GERMAN.parent.mkdir(parents=True, exist_ok=True)
    with GERMAN.open("wb") as file:
        write_po(file, catalogue, width=110, omit_header=False, sort_output=True, no_location=False)
    GERMAN.with_suffix(".mo").write_bytes(compile_catalogue(catalogue))
    return [str(message.id) for message in catalogue if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    """Return whether a sentence has its translation, one with a plural all of its forms."""
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


if __name__ == "__main__":
    for sentence in update():
        print("not translated:", sentence)  # noqa: T201 - a tool for developers
