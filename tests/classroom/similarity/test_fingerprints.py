"""Fingerprints: the same run of characters has the same hash everywhere, and others have others."""

from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.similarity.fingerprints import LENGTH, find_fingerprints, kgram_hashes, normalise
from tests.classroom.similarity.submissions import code, renamed, script, stub


@given(st.text(alphabet="Vab(=", min_size=0, max_size=400))
def test_hashes_are_the_same_exactly_where_the_characters_are(text: str) -> None:
    hashes = list(kgram_hashes(text))
    grams = [text[place : place + LENGTH] for place in range(len(text) - LENGTH + 1)]
    assert len(hashes) == len(grams)
    assert len(set(hashes)) == len(set(grams)) == len(set(zip(hashes, grams, strict=True)))


def test_hashes_are_the_same_in_every_process_and_version() -> None:
    assert list(kgram_hashes("V=V.V(V,V=V)" * 2 + "ü\ud800")) == [1801890294301974729, 1372509487050645900]


def test_a_text_shorter_than_a_fingerprint_has_none() -> None:
    assert list(kgram_hashes("V" * (LENGTH - 1))) == []
    assert len(list(kgram_hashes("V" * LENGTH))) == 1


def test_every_place_of_a_fingerprint_is_known() -> None:
    found = find_fingerprints(normalise(script("x = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" * 4)), frozenset())
    assert sorted(found.at) == sorted(place for places in found.where.values() for place in places)
    assert all(found.at[place] == key for key, places in found.where.items() for place in places)
    assert max(len(places) for places in found.where.values()) == 3


def test_fingerprints_of_the_template_are_left_out() -> None:
    template = frozenset(find_fingerprints(normalise(stub()), frozenset()).where)
    whole = find_fingerprints(normalise(script(code())), frozenset())
    own = find_fingerprints(normalise(script(code())), template)
    assert template & set(whole.where)
    assert set(own.where) == set(whole.where) - template


def test_other_names_give_the_same_fingerprints() -> None:
    mine, theirs = (find_fingerprints(normalise(script(text)), frozenset()) for text in (code(), renamed(code())))
    assert mine == theirs
