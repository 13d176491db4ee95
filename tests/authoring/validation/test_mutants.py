"""Mutants: each operator on a small source, and what holds for all of them."""

import ast

import pytest

from grader.authoring.validation.mutants import OPERATORS, Mutant, choose_mutants, make_mutants
from tests.helpers.paths import ROOT

REFERENCE = (ROOT / "reference" / "digits" / "submission.py").read_text("utf-8")


def changed(source: str, operator: str) -> set[str]:
    """Return the changed lines that an operator makes of a source."""
    return {m.after for m in make_mutants(source, names_of(source)) if m.operator == operator}


def names_of(source: str) -> set[str]:
    tree = ast.parse(source)
    defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return defined | {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def function(*lines: str, head: str = "def f(x, y):") -> str:
    return "\n    ".join((head, *lines)) + "\n"


def network(*layers: str, loss: str = '"mse"') -> str:
    parts = ", ".join(layers)
    return function(f"m = keras.Sequential([{parts}])", f"m.compile('adam', loss={loss})", "return m")


HIDDEN, SOFTMAX = 'Dense(8, activation="relu")', 'Dense(3, activation="softmax")'

CASES: dict[str, tuple[str, str, set[str]]] = {
    "output activation": (
        "output-activation",
        function("return [Dense(3), Dense(2, 'softmax')]"),
        {f"return [Dense(3), Dense(2, {new})]" for new in ('"sigmoid"', '"relu"', "None")},
    ),
    "output activation where there is none": (
        "output-activation",
        function("return Dense(1,)(x)"),
        {'return Dense(1, activation="relu")(x)', 'return Dense(1, activation="sigmoid")(x)'},
    ),
    "output activation as a default": (
        "output-activation",
        'def f(a="sigmoid"):\n    return Dense(1, activation=a)\n',
        {f"def f(a={new}):" for new in ('"softmax"', '"relu"', "None")},
    ),
    "activation as a layer": (
        "output-activation",
        function("return [Dense(2, 'relu'), Activation('sigmoid')]"),
        {
            'return [Dense(2, \'relu\'), Activation("softmax")]',
            'return [Dense(2, \'relu\'), Activation("relu")]',
            'return [Dense(2, \'relu\'), Activation("linear")]',
        },
    ),
    "hidden activations": (
        "hidden-activations",
        function("return [Dense(9, activation='tanh'), Dense(8, 'relu'), Dense(2)]"),
        {"return [Dense(9, activation=None), Dense(8, None), Dense(2)]"},
    ),
    "loss as text": (
        "loss",
        network("Dense(1)", loss="'mean_squared_error'"),
        {"m.compile('adam', loss=\"mae\")", "m.compile('adam', loss=\"binary_crossentropy\")"},
    ),
    "loss as class, set before": (
        "loss",
        function("loss = keras.losses.BinaryCrossentropy()", "m.compile('adam', loss)"),
        {'loss = "categorical_crossentropy"', 'loss = "mse"'},
    ),
    "from_logits of a text": (
        "from-logits",
        network("Dense(1)", loss="'binary_crossentropy'"),
        {"m.compile('adam', loss=keras.losses.BinaryCrossentropy(from_logits=True))"},
    ),
    "from_logits flipped": (
        "from-logits",
        network("Dense(1)", loss="BinaryCrossentropy(from_logits=True)"),
        {"m.compile('adam', loss=BinaryCrossentropy(from_logits=False))"},
    ),
    "output units": (
        "output-units",
        function("return Dense(N)(x)"),
        {"return Dense(N + 1)(x)", "return Dense(N - 1)(x)"},
    ),
    "one output unit": ("output-units", function("return Dense(1)(x)"), {"return Dense(2)(x)"}),
    "layer of a list": (
        "layer",
        function("return keras.Sequential([Input((4,)), Dense(3), Dropout(0.1), Dense(2)])"),
        {
            "return keras.Sequential([Input((4,)), Dropout(0.1), Dense(2)])",
            "return keras.Sequential([Input((4,)), Dense(3), Dropout(0.1)])",
        },
    ),
    "layer threaded by hand": (
        "layer",
        function("return self.head(self.hidden(x))"),
        {"return self.hidden(x)", "return self.head(x)"},
    ),
    "bias": ("bias", function("return Dense(1)(x)"), {"return Dense(1, use_bias=False)(x)"}),
    "no bias of two": ("bias", function("return [Dense(1), Dense(2)]"), set()),
    "frozen": (
        "frozen",
        function("net.compile('adam', 'mse')"),
        {"net.trainable = False\nnet.compile('adam', 'mse')"},
    ),
    "learning rate": ("learning-rate", function("Adam(learning_rate=0.1)"), {"Adam(learning_rate=100.0)"}),
    "epochs": ("epochs", function("m.fit(x, y, epochs=9)"), {"m.fit(x, y, epochs=1)"}),
    "epochs in a table": ("epochs", 'S = {"epochs": 9}\n', {'S = {"epochs": 1}'}),
    "labels": ("labels", function("m.fit(x, y, epochs=1)"), {"m.fit(x, y[::-1], epochs=1)"}),
    "validation": (
        "validation",
        function("m.fit(x, y, validation_data=(a, b), epochs=2)"),
        {"m.fit(x, y, epochs=2)", "m.fit(x, y, validation_data=(x, y), epochs=2)"},
    ),
    "scaling": ("scaling", function("return (x - 1) / 16"), {"return (x - 1)"}),
    "scaler": ("scaling", function("return s.transform(x)"), {"return x", "return s.fit_transform(x)"}),
    "arithmetic": ("arithmetic", function("return (x + y) ** 2"), {"return ((x + y) * 2)", "return (x - y) ** 2"}),
    "no arithmetic of texts": ("arithmetic", function("return 'a' + x"), set()),
    "operands": ("operands", function("return x / (x + y)"), {"return (x + y) / x"}),
    "comparison": ("comparison", function("return x < y"), {"return x <= y", "return x > y"}),
    "logic": ("logic", function("return not (x or y)"), {"return not ((x and y))"}),
    "condition": ("logic", function("if x > 0:", "    return y"), {"if not (x > 0):"}),
    "arguments": ("arguments", function("return g(x, y)"), {"return g(y, x)"}),
    "no symmetric arguments": ("arguments", function("return max(x, y)"), set()),
    "elements": ("elements", function("return x, y"), {"return y, x"}),
    "function": ("function", function("return np.mean(abs(x))"), {"return np.sum(abs(x))", "return np.mean((x))"}),
    "slice": ("slice", function("return x[y:]"), {"return x[:y]"}),
    "keyword": ("keyword", function("return g(x, minlength=3)"), {"return g(x)"}),
    "axis": ("axis", function("return x.sum(axis=1)"), {"return x.sum(axis=0)"}),
    "number": (
        "number",
        function("return x[0.25:3]"),
        {"return x[0.75:3]", "return x[0.25:4]", "return x[0.25:2]"},
    ),
    "tiny number": ("number", function("return x + 1e-7"), {"return x + 0.0"}),
    "no number of taste": ("number", function("ax.plot(x, lw=3)", "m.fit(x, batch_size=32)", "print(3)"), set()),
    "no setting of a layer": ("number", function("return Dropout(0.3)"), set()),
    "boolean": ("boolean", function("return g(x, shuffle=True)"), {"return g(x, shuffle=False)"}),
    "return": (
        "return",
        function("z = x + y", "return z"),
        {"z", "return 0", "return x", "return z * 0"},
    ),
    "statement": (
        "statement",
        function("z = x", "z = z + 1", "z += 2", "z[0] = y", "g(z)", "print(z)", "return z"),
        {"pass"},
    ),
    "entry": (
        "entry",
        'T = {"a": 1, "b": 2}\n',
        {'T = {"a": 2, "b": 1}', 'T = {"b": 2}', 'T = {"a": 1}'},
    ),
    "column": (
        "column",
        'T = [{"a": 1, "b": 2}, {"a": 3, "b": 2}]\n',
        {'T = [{"a": 3, "b": 2}, {"a": 1, "b": 2}]'},
    ),
    "column of rows without names": (
        "column",
        "T = [(1, 2), (3, 2)]\n",
        {"T = [(3, 2), (1, 2)]"},
    ),
    "no column of rows of one value": ("column", "T = [1, 2]\n", set()),
    "member": (
        "member",
        'T = {1: {"a"}, 2: {"a", "b"}}\n',
        {
            "T = {1: set(), 2: {\"a\", \"b\"}}",
            'T = {1: {"a", \'b\'}, 2: {"a", "b"}}',
            'T = {1: {"a"}, 2: {"b"}}',
            'T = {1: {"a"}, 2: {"a"}}',
        },
    ),
    "text": (
        "text",
        function("return 'good' if x else 'bad'"),
        {"return 'bad' if x else 'bad'", "return 'good' if x else 'good'"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_operator_makes_these_mistakes_and_no_others(name: str) -> None:
    operator, source, expected = CASES[name]
    assert changed(source, operator) == expected


def test_every_operator_is_tested() -> None:
    assert {operator for operator, _, _ in CASES.values()} == set(OPERATORS)


def test_each_statement_that_may_go_goes_once() -> None:
    _, source, _ = CASES["statement"]
    gone = [m.before for m in make_mutants(source, {"f"}) if m.operator == "statement"]
    assert gone == ["z = z + 1", "z += 2", "z[0] = y", "g(z)"]


@pytest.fixture(scope="module")
def of_digits() -> tuple[Mutant, ...]:
    return make_mutants(REFERENCE, names_of(REFERENCE))


def test_mutants_compile_differ_and_have_names_of_their_own(of_digits: tuple[Mutant, ...]) -> None:
    assert len(of_digits) > 150
    trees = {ast.dump(ast.parse(m.source)) for m in of_digits} | {ast.dump(ast.parse(REFERENCE))}
    assert len(trees) == len(of_digits) + 1
    assert len({m.id for m in of_digits}) == len(of_digits)
    assert make_mutants(REFERENCE, names_of(REFERENCE)) == of_digits


def test_a_mutant_is_the_text_of_the_reference_but_for_its_own_lines(of_digits: tuple[Mutant, ...]) -> None:
    lines = REFERENCE.splitlines()
    for mutant in of_digits:
        made = mutant.source.splitlines()
        assert made[: mutant.line - 1] == lines[: mutant.line - 1]
        assert mutant.before.splitlines()[0].strip() == lines[mutant.line - 1].strip()


def test_imports_docstrings_and_the_main_block_stay() -> None:
    source = function('"""Return 1 < 2."""', "return x").join(
        ("import numpy as np\n", 'if __name__ == "__main__":\n    x = 1 < 2\n')
    )
    for mutant in make_mutants(source, names_of(source)):
        assert '"""Return 1 < 2."""' in mutant.source
        assert "import numpy as np" in mutant.source
        assert "x = 1 < 2" in mutant.source


def test_only_the_names_asked_for_are_changed() -> None:
    source = "N = 3\n\ndef f(x):\n    return x\n"
    assert {m.function for m in make_mutants(source, {"N"})} == {"N"}


def test_characters_beyond_ascii_do_not_shift_the_changes() -> None:
    assert changed('def f(x):\n    return "Grüße", x < 1\n', "comparison") == {
        'return "Grüße", x <= 1',
        'return "Grüße", x > 1',
    }


def test_the_choice_has_its_size_and_leaves_out_no_function_and_no_operator(of_digits: tuple[Mutant, ...]) -> None:
    chosen = choose_mutants(of_digits, 60)
    assert len(chosen) == 60
    assert {m.function for m in chosen} == {m.function for m in of_digits}
    assert {m.operator for m in chosen} == {m.operator for m in of_digits}
    assert list(chosen) == [m for m in of_digits if m in chosen]
    assert choose_mutants(of_digits, 60) == chosen
    assert choose_mutants(of_digits, 1000) == of_digits
