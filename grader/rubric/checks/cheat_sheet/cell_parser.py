"""Parse the text of a cheat sheet's cell into canonical words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from grader.rubric.checks.cheat_sheet.vocabulary import find_word, normalise_text

_TOKEN = re.compile(r"[a-z]+[0-9]*|[0-9]+|[,;/|&\n+]")
_SEPARATORS = frozenset({",", ";", "/", "|", "&", "\n", "+", "or", "oder", "and", "und", "sowie", "bzw"})
_SPACES = re.compile(r"[^\S\n]+")
_COMMENT = re.compile(r"\([^()]*\)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that say nothing of their own.
_FILLERS = _words(
    "a an the of per for each every in as many so viele wie with is are be e g z b eg zb usually always immer "
    "unit units neuron neurons neuronen output outputs ausgabe ausgang ausgaenge einheit einheiten number num "
    "anzahl zahl der die das den dem des je pro fuer jede jeder jedes jeden mit von at least mindestens there "
    "exactly genau just only nur dense keras tf losses metrics activations tensorflow layers nn function funktion "
    "loss activation aktivierung metric metrik class klasse node nodes knoten total insgesamt digits ziffern to "
    "predict eine einen ein len more mehr mehrere multiple several same equal equals equally gleich entspricht "
    "entsprechend exakt viel soviel soviele possible moeglich moegliche moeglichen moeglicher different "
    "verschiedene verschiedenen verschiedener unterschiedliche unterschiedlichen distinct vorhanden vorhandenen "
    "vorhandener vorhandene existing there gibt es to zu ist sind im in ausgabeneuron ausgabeneuronen "
    "ausgangsneuron ausgangsneuronen anz outputneuron outputneuronen ausgabeknoten "
    "ausgabeeinheit ausgabeeinheiten ausgangsknoten "
    "jeweils np y set array based on abhaengig depends depending out perzeptron perceptron zelle zellen "
    "verlust verlustfunktion fehlerfunktion kosten kostenfunktion aktivierungsfunktion metrik metriken "
    "z x vorherzusagende vorherzusagenden vorhergesagte"
)
_LABEL_FILLERS = _FILLERS | _words("shape form dtype type length laenge")  # "integers, shape (n,)"
_PER = _words("per each every je pro fuer for jede jeder jedes jeden")
_NOT = _words(
    "not no never without nicht kein keine keinen ohne nie except ausser instead statt rather anstatt avoid "
    "avoids avoided vermeide vermeiden meide meiden hate hates unlike forbidden verboten"
)
_VAGUE = frozenset({"crossentropy", "log_loss"})  # says too little: brackets may say the rest
MOST_READ = 1000  # characters of a cell, many spaces counted as one
_MOST_SEEN = 100_000  # characters in which spaces are looked for
_LONGEST = 7  # tokens in a spelling

# What turns the meaning of a word round, beside the words of `_NOT`. "wrong" alone does not:
# "share of wrong answers".
_TURNED_ROUND = re.compile(
    r"\b(?:else|others?|anders|anderes|andere) (?:than|but|als|except)\b|\b(?:anything|everything|all|alles) but\b"
    r"|\bnon[ -]linear\b|\b(?:opposite|contrary|reverse|gegenteil) (?:of|to|von|vom|des|der|zu)\b"
    r"|\b(?:is|are|be|was|ist|sind|war|waere) (?:\w{1,20} )?(?:wrong|incorrect|bad|falsch|schlecht|ungeeignet)\b"
    r"|\b(?:is|are|be|was) (?:\w{1,20} )?(?:a|the) (?:big |huge |bad |serious |common )?mistake\b"
    # "MAE ist ein Fehler in Einheiten von y" says what it is.
    r"|\b(?:ist|sind|war|waere|waeren) (?:\w{1,20} )?(?:ein|der) (?:grosser |schwerer )?fehler\b(?! ?\w)"
    # "accuracy alone is useless"
    r"|(?<!alone )(?<!alone is )(?<!allein )(?<!allein ist )(?:useless|pointless|nutzlos|sinnlos|unbrauchbar)\b"
    # "MSE punishes predictions far from the target"
    r"|\b(?:far (?:away )?from|weit (?:weg |entfernt )?von) (?!(?:the |den |der |dem |their |ihren |ihrem )?"
    r"(?:true|truth|actual|targets?|labels?|zero|0|null|mean|average|values?\b|line\b|y\b|wahr|ziel|mittel|wert))"
)

_LOGITS = re.compile(
    r"from[\s_]*logits(?!\s*[=:]?\s*(?:false|0|nein|no\b))(?:\s*[=:]?\s*(?:true|1|ja|yes)\b)?"
    r"|(?:with|mit|auf)[\s_]*logits"
)
_SPARSE_COMMENT = re.compile(r"\( ?sparse ?\)")  # categorical cross-entropy (sparse)
_LOGISTIC_FORMULA = re.compile(r"1 ?/ ?\(? ?1 ?\+ ?(?:e|exp)\b.*")
_NO_LOGITS = re.compile(r"from[\s_]*logits\s*[=:]?\s*(?:false|0|nein|no)\b")
_SHIFTED = re.compile(
    r"-\s*\d|\+\s*[12]\b|\b(?:minus|plus|less|weniger|times|half|halb\w*|twice|doppelt\w*|log|sqrt)\b"
    r"|[*×]\s*\d|/\s*2\b"
)


@dataclass(frozen=True)
class CellReading:
    """What the text of a cell means."""

    words: tuple[str, ...] = ()  # canonical, each once
    unknown: tuple[str, ...] = ()  # entries in which no word is understood
    logits: bool = False  # it says from_logits=True
    beyond_one: bool = False  # it names integers from 0 on of which some are larger than 1
    from_one: bool = False  # it names integers from 1 on

    @property
    def understood(self) -> bool:
        """Return whether there are words, and none that is not understood."""
        return bool(self.words) and not self.unknown


def read_cell_text(column: str, text: str) -> CellReading:
    """Parse the text of a cell. Words in brackets are a comment, where the rest is understood.

    Args:
        column: one of `COLUMNS`; each has words and forms of its own.
        text: what the student wrote. Of one that is too long, nothing is read: see `is_too_long`.
    """
    if is_too_long(text):
        return CellReading()
    folded = _NO_LOGITS.sub(" ", _SPACES.sub(" ", normalise_text(_shorten_spaces(text))))
    logits = bool(_LOGITS.search(folded))
    outside = _SPACES.sub(" ", _LOGITS.sub(" ", _COMMENT.sub(" ", folded)))
    reading = _READERS.get(column, _read_names)(column, outside)
    if "(" in folded and (set(reading.words) <= _VAGUE or (column == "units" and reading.unknown)):
        whole = _LOGITS.sub(" ", folded.replace("(", " ").replace(")", " "))
        reading = _READERS.get(column, _read_names)(column, whole)
    if column == "loss" and reading.words == ("categorical_crossentropy",) and _SPARSE_COMMENT.search(folded):
        reading = CellReading(("sparse_categorical_crossentropy",), reading.unknown)
    turned = tuple(match[0] for match in _TURNED_ROUND.finditer(outside))
    return replace(reading, unknown=(*turned, *reading.unknown), logits=logits)


def is_too_long(text: str) -> bool:
    """Return whether a text has more than `MOST_READ` characters, where many spaces count as one."""
    return len(text) > _MOST_SEEN or len(_shorten_spaces(text)) > MOST_READ


def _shorten_spaces(text: str) -> str:
    return _SPACES.sub(" ", text)


def _entries(folded: str) -> list[list[str]]:
    """Split a text into entries, at commas, slashes, "or" and "and", and each entry into tokens."""
    entries: list[list[str]] = [[]]
    for token in _TOKEN.findall(folded):
        if token in _SEPARATORS:
            entries.append([])
        else:
            entries[-1].append(token)
    return [entry for entry in entries if entry]


def _match_words(column: str, tokens: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the canonical words of a line of tokens, longest spellings first, and the remaining tokens."""
    words: list[str] = []
    left: list[str] = []
    start = 0
    while start < len(tokens):
        for size in range(min(_LONGEST, len(tokens) - start), 0, -1):
            word = find_word(column, tokens[start : start + size])
            if word is not None:
                words.append(word)
                start += size
                break
        else:
            left.append(tokens[start])
            start += 1
    return words, left


def _read_names(column: str, folded: str) -> CellReading:
    """Read a cell that names things: each entry has to hold a word that is understood."""
    words: list[str] = []
    unknown: list[str] = []
    for entry in _entries(folded):
        entry_words, left = _match_words(column, entry)
        words += entry_words
        if _NOT & set(left) or (not entry_words and set(left) - _FILLERS):
            unknown.append(" ".join(entry))
    return CellReading(tuple(dict.fromkeys(words)), tuple(unknown))


def _read_activation(column: str, folded: str) -> CellReading:
    """Read an activation; a dash alone says that there is none."""
    if folded.strip() in {"-", "--", "---", "/", "n/a"}:
        return CellReading(("linear",))
    folded = _LOGISTIC_FORMULA.sub("sigmoid", folded)
    return _read_names(column, folded)


def _read_units(column: str, folded: str) -> CellReading:
    """Read a number of units: every word has to be understood, or "classes minus 1" would be right."""
    if _SHIFTED.search(folded):
        return CellReading(("shifted",))
    folded = _MORE.sub(lambda match: str(int(match[1]) + 1), folded)
    tokens = [token for entry in _entries(folded) for token in entry]
    words, left = _match_words(column, tokens)
    numbers = [str(int(token)) for token in left if token.isdigit()]
    unknown = [token for token in left if not token.isdigit() and token not in _FILLERS]
    kinds = set(words) & {"classes", "labels", "tags", "targets"}
    if kinds and set(tokens) & _PER:
        words = [word for word in words if word != "1"]  # "one per class" is no one
    if kinds:
        words = [word for word in words if word != "symbol"]  # "k classes"
    return CellReading(tuple(dict.fromkeys(words + numbers)), (" ".join(unknown),) if unknown else ())


_MORE = re.compile(r"(?:>(?!=)|more than|mehr als) ?(\d{1,6})\b")
_NAMED = r"\b0 ?[=:] ?\w+ ?[,;/] ?1 ?[=:] ?\w+ ?[,;/] ?(?:(?:and|und|or|oder) )?2 ?[=:]"  # 0 = cat, 1 = dog, 2 =
_RANGE = re.compile(
    r"\b0 ?(?:to|bis|until|\.{2,}|-|, ?(?:1 ?, ?)?\.{2,} ?,?) ?"
    r"(?:[2-9]\b|\d\d+\b|(?:the |der )?(?:number of|num|count of|anzahl(?: der)?) (?:the )?(?:\w{1,20} )?"
    r"(?:classes|categories|klassen|kategorien)|[a-z_]+(?: [a-z_]+)?)(?: ?(?:-|minus) ?(?:1|one|eins)\b)?"
    r"|\b0 ?, ?1 ?, ?(?:2\b|\.)"
    rf"|{_NAMED} ?\w+"
)
# Integers behind one another, such as 0/1/2, or labels of some rows: 2, 0, 1, 2. All signs between them are the
# same, but for the last: "0/1, 2 classes" are two things.
_INTEGERS = re.compile(
    r"(?<![\w.-])\d{1,6}(?: ?([,;/|&]|\bor\b|\boder\b|\band\b|\bund\b) ?\d{1,6}(?!\.?\w))"
    r"(?: ?\1 ?\d{1,6}(?!\.?\w))*(?: ?,? ?\b(?:or|oder|and|und) ?\d{1,6}(?!\.?\w))?"
    r"|(?<![\w.-])\d{1,6}(?: \d{1,6}(?!\.?\w)){2,}"
)
_BEYOND_ONE = re.compile(rf"\b0 ?(?:to|bis|until|\.{{2,}}|-) ?(?:[2-9]|\d\d+)\b|\b0 ?, ?1 ?, ?2\b|{_NAMED}")
_FROM_ONE = re.compile(
    r"(?<![\w.-])1 ?(?:to|bis|until|\.{2,}|-) ?(?:\d+|[knc]|n_classes|classes|klassen)\b"
    r"|\b(?:start\w* (?:at|with|from)|counted from|beginnend (?:bei|mit)|ab) 1(?![\w.])"
)
_FROM_ZERO = re.compile(
    r"\b(?:start\w*|begin\w*|count\w*) (?:at|with|from|bei|mit) (?:0|zero|null)(?![\w.])"
    r"|\bbei (?:0|null) (?:beginnend|startend)\b"
)
_ONE_FOR_A_ROW = re.compile(
    r"\b(?:per|pro|je) (?:row|zeile)\b|\b(?:a|one|1|single|eine|einer|einzige|einzelne) (?:column|spalte)\b"
)
_COUNT = re.compile(r"\bnumber of (?:the )?(?:\w{1,20} )?(?:classes|categories|labels|tags)\b")
_OR = re.compile(r"\b(?:or|oder)\b")
_SIGNS = re.compile(r"(?<![\w)])(?!(?<=\w )- 1\b)(?:-|\+ ?/ ?-|±) ?1\b")  # "k - 1" is a difference
_EXAMPLE = re.compile(r"(?<![\w.])(?:[01](?: ?, ?| )){2,}[01](?![\w.])")  # 0, 0, 1, 0
_ZERO_ONE = re.compile(
    r"\b0(?:\.0?)? ?(?:[/,;|& -]|or|oder|and|und|bzw\.?|vs\.?) ?1(?:\.0)?\b"
    r"|\b1 ?(?:[/,;]|or|oder|und|and|bzw\.?) ?0\b"
    r"|\b0 ?[=:] ?[a-z]+ ?[,;/] ?1 ?[=:] ?[a-z]+|\b1 ?[=:] ?[a-z]+ ?[,;/] ?0 ?[=:] ?[a-z]+"
    r"|\b0 (?:for|fuer) (?!each|every|jede)[a-z]+ ?(?:[,;/]|and|und) ?1 (?:for|fuer) (?!each|every|jede)[a-z]+"
    r"|\b1 (?:for|fuer) (?!each|every|jede)[a-z]+ ?(?:[,;/]|and|und) ?0 (?:for|fuer) (?!each|every|jede)[a-z]+"
    r"|\b(?:true ?(?:/|,|or|and) ?false|yes ?(?:/|,|or) ?no|ja ?(?:/|,|oder) ?nein|wahr ?(?:/|,|oder) ?falsch"
    r"|null ?(?:/|,|oder|und) ?eins|zero ?(?:/|,|or|and) ?one)\b"
)


def _read_labels(column: str, folded: str) -> CellReading:
    """Read a label format, from words or from an example such as 0/1, 0..9 or [0, 0, 1]."""
    rest = _ONE_FOR_A_ROW.sub(" ", _FROM_ZERO.sub(" ", folded))
    has_range = bool(_RANGE.search(rest))
    rest = _RANGE.sub(" ", rest)
    lists = [[int(number) for number in re.findall(r"\d+", match[0])] for match in _INTEGERS.finditer(rest)]
    lists = [numbers for numbers in lists if max(numbers) > 1]
    rest = _INTEGERS.sub(_drop_beyond_one, rest)
    examples = ["integer"] if has_range or any(numbers[:3] == [0, 1, 2] for numbers in lists) else []
    for pattern, word in (
        (_SIGNS, "signs"),
        (_EXAMPLE, ""),
        (_ZERO_ONE, "zero_one"),
    ):
        match = pattern.search(rest)
        if match is not None:
            ones = match[0].count("1")
            examples.append(word or ("one_hot" if ones == 1 else "multi_hot"))
            rest = pattern.sub(" ", rest)
    words: list[str] = list(examples)
    unknown: list[str] = []
    for entry in _entries(rest):
        named, left = _match_words(column, entry)
        words += named
        meant = set(left) - _LABEL_FILLERS - {token for token in left if token.isdigit() or len(token) == 1}
        if _NOT & set(left) or (not named and not examples and meant):
            unknown.append(" ".join(entry))
    if lists and not words and not unknown:
        words.append("integer")  # labels of some rows, and nothing else
    formats = _label_formats(words)
    if _is_choice(column, rest):
        formats = ("integer", *formats)
    if formats == ("number",) and (count := _COUNT.search(folded)):
        unknown.append(count[0])  # how many classes there are is no label
    return CellReading(
        formats,
        tuple(unknown),
        beyond_one=bool(_BEYOND_ONE.search(folded)) or any(0 in numbers for numbers in lists),
        from_one=bool(_FROM_ONE.search(rest)) or any(numbers[:2] == [1, 2] for numbers in lists),
    )


def _drop_beyond_one(match: re.Match[str]) -> str:
    """Return nothing in place of integers of which some are larger than 1; others may be an example of a row."""
    return " " if any(int(number) > 1 for number in re.findall(r"\d+", match[0])) else match[0]


def _is_choice(column: str, rest: str) -> bool:
    """Return whether integers are offered beside multi-hot, as in "integers or multi-hot": that is two formats."""
    sides = [
        {word for entry in _entries(side) for word in _match_words(column, entry)[0]} for side in _OR.split(rest)
    ]
    return {"integer"} in sides and {"multi_hot"} in sides


def _label_formats(words: Sequence[str]) -> tuple[str, ...]:
    """Return the formats that words mean together: "0/1 for each tag" is multi-hot, "integers 0/1" is 0/1."""
    kinds = set(words)
    if "single" in kinds and "multi_hot" in kinds:
        kinds = kinds - {"multi_hot"} | {"one_hot"}  # "Binärvektor mit genau einer 1"
    elif "zero_one" in kinds and kinds & {"per_tag", "single"} and "one_hot" not in kinds:
        kinds.add("one_hot" if "single" in kinds else "multi_hot")
    if kinds & {"one_hot", "multi_hot"}:
        kinds.discard("zero_one")
    if kinds & {"zero_one", "multi_hot", "signs"}:
        kinds.discard("integer")
    others = kinds - {"number", "per_tag", "single"}
    if others and not (others == {"integer"} and words[0] == "number"):  # "float or int", but "integer numbers"
        kinds.discard("number")
    return tuple(sorted(kinds - {"per_tag", "single"}))


_READERS = MappingProxyType({"units": _read_units, "activation": _read_activation, "labels": _read_labels})
