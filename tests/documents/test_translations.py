"""Every sentence is there in both languages, and a translation names what its sentence names."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.mofile import read_mo

from exercises.digits.rubric import RUBRIC
from grader.core.i18n import LANGUAGES, Bilingual, Message, Translator, _
from scripts import translations

# German sentences that are rightly the same as in English, and why.
SAME = {
    "{name} = {value}": "a name and a number",
    "{name}: {value}": "a name and a number",
    "Grader": "the name of the program",
    "Seed": "the word that German courses use",
    "Seed {seed}": "the word that German courses use",
    "Seeds": "the word that German courses use",
    "Status": "the same word in German",
    "activation(x @ kernel + bias)": "an expression of Python",
    "Version": "the same word in German",
    "Commit {commit}": "git's own word",
    "Commit {head}.": "git's own word",
    "%(seconds)s s": "the unit of time",
    "{hours} h": "the unit of time",
    "{error}.": "nothing but what Python says",
    "{first} {second}": "nothing but other sentences",
    "{first}\n{second}": "nothing but other sentences",
    "{function}(): {complaint}": "nothing but other sentences",
    "Name": "the same word in German",
    "Problem": "the same word in German",
    "{name}: {why}": "nothing but other sentences",
    "Mutant": "the same word in German",
    "{function}(): {what}": "nothing but other sentences",
    "{kind} ({type})": "nothing but other sentences",
    "{name}[{row}, {column}]": "nothing but other sentences",
    "{network}: {message}": "nothing but other sentences",
    "{file}: {what}": "nothing but other sentences",
    "{file}, {field}: {what}": "nothing but other sentences",
    "{count} min": "the unit of time",
    "{count} s": "the unit of time",
    "Median": "the same word in German",
}
NUMBERS = "bdeEfFgGnoxX%"  # how a format spec ends that wants a number
PERCENT = re.compile(r"%\((\w+)\)(\w)")


def messages() -> list[Any]:
    """Return the catalogue's messages without the header."""
    return [message for message in translations.read_german() if message.id]


def both(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return a sentence's forms: one, or singular and plural."""
    return (words,) if isinstance(words, str) else tuple(words)


def pairs() -> Iterator[tuple[str, str]]:
    """Return each English sentence that is translated with its German one; plurals with both forms."""
    for message in messages():
        if not message.string:
            continue
        forms, german = both(message.id), both(message.string)
        assert len(forms) == len(german), message.id
        yield from zip(forms, german, strict=True)


def fields(sentence: str) -> list[tuple[str, str | None, str | None]]:
    """Return name, format spec and conversion of each `{field}`, sorted."""
    return sorted((name, spec, kind) for _, name, spec, kind in Formatter().parse(sentence) if name is not None)


def marked_calls() -> Iterator[tuple[str, ast.Call]]:
    """Return each call of `_` in the code, with the place where it stands."""
    for folder in translations.FOLDERS:
        for file in sorted((translations.ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                    yield f"{file.name}:{node.lineno}", node


def sentence_of(call: ast.Call) -> str:
    """Return the sentence that a call of `_` marks."""
    sentence = ast.literal_eval(call.args[0])
    assert isinstance(sentence, str)
    return sentence


def dummy(spec: str | None) -> str | float:
    """Return a value that fits a format spec."""
    return 0.25 if spec and spec[-1] in NUMBERS and spec[-1] != "d" else 3 if spec else "Wort"


def test_the_catalogue_holds_the_sentences_of_the_code_and_no_others() -> None:
    of_code = {message.id for message in translations.extract_sentences() if message.id}
    of_catalogue = {message.id for message in messages()}
    assert of_catalogue - of_code == set(), "run `python -m scripts.translations`"
    assert of_code - of_catalogue == set(), "run `python -m scripts.translations`"
    assert len(of_code) > 300


def test_every_sentence_is_translated_for_good() -> None:
    found = translations.read_german()
    assert [m.id for m in messages() if not m.string or not all(form.strip() for form in both(m.string))] == []
    assert [m.id for m in messages() if m.fuzzy] == []
    assert not found.fuzzy
    assert list(found.obsolete) == []


def test_what_gettext_reads_is_what_is_written() -> None:
    with translations.GERMAN.with_suffix(".mo").open("rb") as file:
        read = {both(m.id): both(m.string) for m in read_mo(file) if m.id}
    assert read == {both(m.id): both(m.string) for m in messages()}


def test_bringing_the_catalogue_up_to_date_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_version(path: Path) -> list[str]:
        return [line for line in path.read_text("utf-8").splitlines() if "Generated-By" not in line]

    copy = tmp_path / "grader.po"
    shutil.copyfile(translations.GERMAN, copy)
    monkeypatch.setattr(translations, "GERMAN", copy)
    assert translations.update() == []
    monkeypatch.undo()
    assert without_version(copy) == without_version(translations.GERMAN), "run `python -m scripts.translations`"


def test_a_new_sentence_is_told_and_an_old_one_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (
        "Copy the stub of an exercise into a folder, to work on it.",
        "Copy the stub of an exercise into a folder.",
    )
    found = translations.extract_sentences()
    found.delete(old)
    found.add(new)
    monkeypatch.setattr(translations, "extract_sentences", lambda: found)
    copy = tmp_path / "de" / "grader.po"
    copy.parent.mkdir()
    shutil.copyfile(translations.GERMAN, copy)
    monkeypatch.setattr(translations, "GERMAN", copy)
    # Alike as they are, the old translation is not taken for the new sentence.
    assert translations.update() == [new]
    assert translations.read_german().get(old) is None
    assert not translations.read_german().obsolete
    assert copy.with_suffix(".mo").exists()


def test_a_translation_has_the_fields_of_its_sentence() -> None:
    wrong = [english for english, german in pairs() if fields(english) != fields(german)]
    assert wrong == []
    wrong = [e for e, g in pairs() if sorted(PERCENT.findall(e)) != sorted(PERCENT.findall(g))]
    assert wrong == []


def test_a_translation_ends_as_its_sentence_does() -> None:
    """Sentences are put together: a full stop too many, or one that is missing, would show."""

    def end(sentence: str) -> str:
        return sentence[-1] if sentence[-1] in ".?!:,…" else ""

    assert [(e, g) for e, g in pairs() if end(e) != end(g)] == []
    assert [(e, g) for e, g in pairs() if g != g.strip() or "  " in g] == []


def test_german_quotation_marks_come_in_pairs() -> None:
    assert [g for _, g in pairs() if g.count("„") != g.count("“") or "”" in g] == []
    # Straight ones are for code, which stands in the English sentence too.
    assert [g for e, g in pairs() if g.count('"') > e.count('"')] == []


def test_german_is_not_english() -> None:
    same = {english for english, german in pairs() if english == german}
    assert same - set(SAME) == set()
    assert set(SAME) - same == set(), "no longer the same: take it out of the list"


def test_each_sentence_of_the_code_is_given_the_values_that_it_names() -> None:
    wrong, count = [], 0
    for place, call in marked_calls():
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant):
            wrong.append(f"{place}: not a plain sentence, so that nothing finds it")
            continue
        count += 1
        given = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
        named = {name for name, _, _ in fields(sentence_of(call))}
        # `**values` may hold any names.
        lacking = set() if any(keyword.arg is None for keyword in call.keywords) else named - given
        if lacking or given - named:
            wrong.append(f"{place}: {sorted(lacking)} lacking, {sorted(given - named)} unused")
    assert wrong == []
    assert count > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_of_the_code_can_be_said(language: str) -> None:
    say = Translator(language)
    for _file, call in marked_calls():
        sentence = sentence_of(call)
        said = say(Message(sentence, {name: dummy(spec) for name, spec, _ in fields(sentence)}))
        assert said
        assert not re.search(r"[{}]", said.replace("{0, 1}", "")), said


def test_each_sentence_of_the_templates_can_be_said() -> None:
    """Jinja fills `%(name)s` into every sentence of a template: a lone % would stop it."""
    count = 0
    for message in messages():
        if any("/templates/" in file for file, _ in message.locations):
            for sentence in (*both(message.id), *both(message.string)):
                values = {name: 3 for name, _ in PERCENT.findall(sentence)}
                assert (sentence % values).strip()
                count += 1
    assert count > 100


def test_a_sentence_is_said_in_its_language() -> None:
    say_en, say_de = (Translator(language) for language in ("en", "de"))
    points = _("{points} of {max_points} points", points="3", max_points="8")
    assert say_en(points) == "3 of 8 points"
    assert say_de(points) == "3 von 8 Punkten"
    assert (say_en.language, say_de.language) == ("en", "de")


def test_sentences_in_sentences_are_translated_too() -> None:
    why = _("there is not enough memory ({error}). Look for an array that is far larger than the data.", error="E")
    whole = _("{function}() stopped with an error: {why}", function="train", why=why)
    for language in LANGUAGES:
        say = Translator(language)
        assert say(why) in say(whole)
        assert say(whole).startswith("train() ")
    assert Translator("de")(why) != Translator("en")(why)
    named = Message("{title}", {"title": Bilingual(en="Load the data", de="Daten laden")})
    assert Translator("de")(named) == "Daten laden"


def test_what_an_author_wrote_in_both_languages() -> None:
    words = Bilingual(en="one", de="eins")
    assert (Translator("en")(words), Translator("de")(words)) == ("one", "eins")


def test_what_a_student_wrote_stays_as_it_is() -> None:
    for language in LANGUAGES:
        say = Translator(language)
        assert say("Status {x} %(y)s") == "Status {x} %(y)s"
        # Braces in a value are no fields.
        assert say(_("{error}.", error="KeyError: '{name}'")) == "KeyError: '{name}'."


def test_a_sentence_without_translation_is_said_in_english() -> None:
    assert Translator("de")(Message("no such sentence {x}", {"x": 1})) == "no such sentence 1"


@pytest.mark.parametrize("language", ["fr", "", "DE", "de_DE", "../de"])
def test_an_unknown_language_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="language must be one of en, de; received"):
        Translator(language)


def test_the_exercise_speaks_both_languages() -> None:
    words = [RUBRIC.title, *(w for c in RUBRIC.criteria for w in (c.title, c.lesson))]
    for said in words:
        assert isinstance(said, Bilingual)
        assert said.en.strip()
        assert said.de.strip()
        assert said.en != said.de
        assert (said.en[-1] == ".") == (said.de[-1] == ".")
