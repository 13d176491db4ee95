"""Verdicts and exhibits as real ones look, for the tests of the documents and for looking at them.

`good`, `mixed`, `broken`, `hostile`, `whole` and `three_failures` return a pair each; all take the language.
"""

import msgspec

from grader.protocol.verdict import (
    CertificationItem,
    CodePlace,
    CodeUnit,
    Confusion,
    CriterionVerdict,
    Curve,
    Exhibits,
    Figure,
    Hint,
    Isolation,
    Location,
    Mistake,
    Network,
    NetworkLayer,
    Notice,
    Resources,
    Score,
    Status,
    SubmissionInfo,
    Verdict,
    Versions,
    WallState,
)
from tests.reports.sample_code import notebook_code, places, script_code
from tests.reports.sample_criteria import CRITERIA, words
from tests.reports.sample_exhibits import exhibits, overfitting, png, whole_run

Pair = tuple[Verdict, Exhibits]

VERSIONS = Versions(
    python="3.11.9",
    tensorflow="2.21.0",
    keras="3.13.2",
    numpy="2.4.6",
    scikit_learn="1.9.1",
    grader="0.1.0",
    rubric="5f1d3c0b7a9e4d28c6b1f0a39e87d2c45b6a7f8091e2d3c4b5a69788f0e1d2c3",
)


WALLS = (
    WallState(id="namespaces", stands=True),
    WallState(id="landlock", stands=True, detail="ABI 4"),
    WallState(id="seccomp", stands=True),
    WallState(id="limits", stands=True),
    WallState(id="clock", stands=True),
)


def good(language: str = "en") -> Pair:
    """Return a solution that has everything right, and two bonus points."""
    criteria = tuple(_passed(name, language) for name in CRITERIA)
    say = words(language)
    criteria = _replace(
        criteria,
        "accuracy",
        points=16.0,
        bonus=3.0,
        expected=say("accuracy of at least 0.930", "Genauigkeit von mindestens 0,930"),
        received=say("0.972, 0.966, 0.976", "0,972, 0,966, 0,976"),
    )
    verdict = _verdict(
        language,
        criteria,
        status=Status.PASSED,
        certification=(
            CertificationItem(
                id="shapes",
                agrees=True,
                text=say(
                    "The matrices of the graph have the shapes of the layers.",
                    "Die Matrizen des Graphen haben die Formen der Schichten.",
                ),
            ),
            CertificationItem(
                id="head",
                agrees=True,
                text=say(
                    "The last operation is the softmax that the last layer claims.",
                    "Die letzte Operation ist die Softmax, die die letzte Schicht angibt.",
                ),
            ),
            CertificationItem(
                id="parameters",
                agrees=True,
                text=say(
                    "4810 parameters, as many as the graph holds.",
                    "4810 Parameter, so viele, wie der Graph enthält.",
                ),
            ),
        ),
    )
    return verdict, _with_code(exhibits(language), script_code())


def whole(language: str = "en") -> Pair:
    """Return a report as long as that of the exercise's own solution: everything is right."""
    verdict, shown = good(language)
    return verdict, whole_run(shown)


def three_failures(language: str = "en") -> Pair:
    """Return a report as long as one of three criteria that were lost, each for a cause of its own."""
    verdict, shown = whole(language)
    reasons = {criterion.id: criterion for criterion in mixed(language)[0].criteria}
    say = words(language)
    repeat = say("\nTo repeat it: ", "\nZum Wiederholen: ") + "scale(np.array([[" + "1.0, " * 60 + "2.0]]))"
    criteria = _replace(
        verdict.criteria,
        "scale",
        status=Status.FAILED,
        points=0.0,
        message=reasons["scale"].message + repeat,
        expected=reasons["scale"].expected,
        received=reasons["scale"].received,
    )
    criteria = _replace(
        criteria,
        "head_and_loss",
        status=Status.PARTIAL,
        points=6.0,
        message=reasons["head_and_loss"].message,
        expected=reasons["head_and_loss"].expected,
        received=reasons["head_and_loss"].received,
        hints=reasons["head_and_loss"].hints,
    )
    criteria = _replace(
        criteria,
        "figures",
        status=Status.FAILED,
        points=0.0,
        message=say(
            "plot_samples() stopped with an error. ValueError: cannot reshape array of size 1 into shape (8,8).",
            "plot_samples() ist mit einem Fehler abgebrochen. ValueError: cannot reshape array of size 1 into "
            "shape (8,8).",
        ),
        location=Location(
            file="submission.py", line=52, source='        ax.imshow(pixels.reshape(8, 8), cmap="gray_r")'
        ),
    )
    lost = msgspec.structs.replace(
        verdict, status=Status.PARTIAL, points=sum(c.points for c in criteria), criteria=criteria
    )
    return lost, shown


def mixed(language: str = "en") -> Pair:
    """Return a notebook with all six statuses, all severities, a notice, and a missing wall."""
    say = words(language)
    criteria = tuple(_passed(name, language) for name in CRITERIA)
    criteria = _replace(
        criteria,
        "scale",
        status=Status.FAILED,
        points=0.0,
        message=say(
            "Expected the scaling not to depend on the batch. Received: a single row, scaled alone, differs from "
            "the same row scaled among others.",
            "Die Skalierung soll nicht vom Stapel abhängen. Erhalten: Eine Zeile, allein skaliert, unterscheidet "
            "sich von derselben Zeile unter anderen.",
        ),
        expected=say("row 0 alone: maximum 0.9375", "Zeile 0 allein: Maximum 0,9375"),
        received=say("row 0 alone: maximum 1.0", "Zeile 0 allein: Maximum 1,0"),
        location=Location(file="digits.ipynb", cell=4, line=3, source="    return x / x.max()"),
    )
    criteria = _replace(
        criteria,
        "head_and_loss",
        status=Status.PARTIAL,
        points=6.0,
        message=say(
            "Expected the outputs to be a distribution over the classes. Received: sigmoid, ten independent yes "
            "or no answers.",
            "Die Ausgaben sollen eine Verteilung über die Klassen sein. Erhalten: Sigmoid, zehn unabhängige "
            "Ja-oder-Nein-Antworten.",
        ),
        expected=say("softmax with categorical_crossentropy", "Softmax mit categorical_crossentropy"),
        received=say("sigmoid with categorical_crossentropy", "Sigmoid mit categorical_crossentropy"),
        location=Location(
            file="digits.ipynb", cell=7, line=5, source='    model.add(layers.Dense(10, activation="sigmoid"))'
        ),
        hints=(
            Hint(
                id="sigmoid-for-classes",
                severity="error",
                text=say(
                    "A digit is exactly one of ten classes. Sigmoid answers ten separate questions, so that the "
                    "outputs of a row don't sum to one. Use softmax on the last layer.",
                    "Eine Ziffer gehört zu genau einer von zehn Klassen. Sigmoid beantwortet zehn einzelne "
                    "Fragen, deshalb ergibt die Summe einer Zeile nicht eins. Nimm Softmax in der letzten "
                    "Schicht.",
                ),
            ),
            Hint(
                id="network-too-big",
                severity="warning",
                text=say(
                    "172,042 parameters for 1203 training rows: a smaller network would do.",
                    "172.042 Parameter für 1203 Trainingszeilen: Ein kleineres Netz genügt.",
                ),
            ),
        ),
    )
    criteria = _replace(
        criteria,
        "accuracy",
        status=Status.PARTIAL,
        points=9.5,
        message=say(
            "0.914 on held-out rows (median of three seeds). Full points need 0.930.",
            "0,914 auf zurückgehaltenen Zeilen (Median von drei Seeds). Volle Punkte gibt es ab 0,930.",
        ),
        expected=say("accuracy of at least 0.930", "Genauigkeit von mindestens 0,930"),
        received="0.914" if language == "en" else "0,914",
        hints=(
            Hint(
                id="overfitting",
                severity="tip",
                text=say(
                    "The validation loss rises from epoch 12 on, while the training loss still falls: stop "
                    "earlier, or add dropout.",
                    "Der Validierungsverlust steigt ab Epoche 12, während der Trainingsverlust noch fällt: "
                    "Höre früher auf oder füge Dropout ein.",
                ),
            ),
        ),
    )
    criteria = _replace(
        criteria,
        "probabilities",
        status=Status.SKIPPED,
        points=0.0,
        message=say(
            "Not checked, because “Output activation, loss and labels fit one another” was not passed.",
            "Nicht geprüft, weil „Ausgabeaktivierung, Verlust und Labels passen zusammen“ nicht bestanden ist.",
        ),
    )
    criteria = _replace(
        criteria,
        "diagnosis",
        status=Status.NOT_ATTEMPTED,
        points=0.0,
        message=say("diagnose() is still the stub.", "diagnose() ist noch der Rumpf aus der Vorlage."),
    )
    criteria = _replace(
        criteria,
        "figures",
        status=Status.NOT_GRADED,
        points=0.0,
        message=say(
            "The grader could not read the figure back. Your instructor has been told.",
            "Der Grader konnte die Abbildung nicht zurücklesen. Deine Lehrkraft erfährt davon.",
        ),
    )
    verdict = _verdict(
        language,
        criteria,
        submission="digits.ipynb",
        status=Status.NOT_GRADED,
        certified=False,
        certification=(
            CertificationItem(
                id="shapes",
                agrees=True,
                text=say(
                    "The matrices of the graph have the shapes of the layers.",
                    "Die Matrizen des Graphen haben die Formen der Schichten.",
                ),
            ),
            CertificationItem(
                id="head",
                agrees=False,
                text=say(
                    "The last layer claims softmax; the last operation of the graph is Sigmoid.",
                    "Die letzte Schicht gibt Softmax an; die letzte Operation des Graphen ist Sigmoid.",
                ),
            ),
        ),
        notices=(
            Notice(
                id="cell-crashed",
                severity="warning",
                text=say(
                    "Cell 9 raised NameError: name 'histroy' is not defined. Later cells were run all the same.",
                    "Zelle 9 löste NameError aus: name 'histroy' is not defined. Spätere Zellen liefen trotzdem.",
                ),
                location=Location(file="digits.ipynb", cell=9, line=1, source="plot_history(histroy)"),
            ),
            Notice(
                id="wrap-model",
                severity="tip",
                text=say(
                    "The global variable model was used. Wrap it in build_model().",
                    "Die globale Variable model wurde verwendet. Verpacke sie in build_model().",
                ),
            ),
        ),
        walls=(
            *WALLS[:1],
            WallState(
                id="landlock",
                stands=False,
                detail=say("this kernel has no Landlock", "dieser Kernel hat kein Landlock"),
            ),
            *WALLS[2:],
        ),
    )
    shown = msgspec.structs.replace(
        exhibits(language),
        curves=(
            *(overfitting(f"Seed {seed}", seed) for seed in (0, 1)),
            Curve(
                name="Seed 2",
                series={
                    "loss": (2.31, 1.9, 1.42, None, None, 1.2, 1.16, 1.15, None, 1.4, None, None),
                    "accuracy": (0.11, 0.3, 0.51, 0.55, 0.58, 0.6, 0.61, 0.62, 0.62, 0.5, 0.1, 0.1),
                },
            ),
        ),
    )
    return verdict, _with_code(shown, notebook_code())


def broken(language: str = "en") -> Pair:
    """Return a submission whose run ended before anything could be seen, checked in plain mode."""
    say = words(language)
    criteria = tuple(
        msgspec.structs.replace(
            _passed(name, language),
            status=Status.FAILED if index == 0 else Status.SKIPPED,
            points=0.0,
            message=say(
                "The file could not be run: SyntaxError in line 12.",
                "Die Datei ließ sich nicht ausführen: SyntaxError in Zeile 12.",
            )
            if index == 0
            else say(
                "Not checked, because the file could not be run.",
                "Nicht geprüft, weil sich die Datei nicht ausführen ließ.",
            ),
        )
        for index, name in enumerate(CRITERIA)
    )
    verdict = _verdict(
        language,
        criteria,
        status=Status.FAILED,
        certified=None,
        certification=(),
        notices=(
            Notice(
                id="syntax-error",
                severity="error",
                text=say("SyntaxError: '(' was never closed", "SyntaxError: '(' wurde nie geschlossen"),
                location=Location(file="submission.py", line=12, source="    x = np.array([1, 2, 3]"),
            ),
        ),
        plain=True,
        seeds=(),
    )
    return verdict, Exhibits()


HOSTILE_NAME = "<script>alert(1)</script>.py"
SCRIPT = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"


def hostile(language: str = "en") -> Pair:
    """Return a submission that tries to be markup, terminal control and a very wide page."""
    evil = f"{SCRIPT} [red]markup[/red] {{{{ 7 * 7 }}}} \x1b[31mred\x1b[0m a\u202eb\u2066c %s {{0}} </style></svg>"
    wide = "W" * 3000
    line = Location(file=HOSTILE_NAME, line=1, source=f"{evil}{wide}")
    criteria = tuple(
        msgspec.structs.replace(
            _passed(name, language),
            title=title,
            status=status,
            points=0.0,
            message=evil,
            expected=wide,
            received=evil,
            location=line,
            hints=(Hint(id="x", severity="error", text=evil + wide),),
        )
        for name, title, status in (
            ("load", SCRIPT, Status.FAILED),
            ("scale", wide, Status.PASSED),
            ("split", "[bold]x[/] \x1b]8;;http://example.org\x07link", Status.PARTIAL),
        )
    )
    verdict = _verdict(
        language,
        criteria,
        submission=HOSTILE_NAME,
        status=Status.PARTIAL,
        certified=False,
        certification=(CertificationItem(id="x", agrees=False, text=evil + wide),),
        notices=(Notice(id="x", severity="warning", text=evil + wide, location=line),),
        walls=(WallState(id="x", stands=False, detail=evil + wide),),
    )
    labels = (SCRIPT, wide[:200], "\u202e")
    shown = Exhibits(
        scores=(Score(seed=0, metric=SCRIPT, held_out=float("nan"), perturbed=0.5),),
        curves=(
            Curve(name=evil + wide, series={SCRIPT: (1.0, None, float("inf"), 1e300), "loss": (1e29,)}),
            Curve(name="empty", series={}),
        ),
        experiments=(Curve(name=SCRIPT, series={"loss": (), "val_loss": (float("nan"),)}),),
        confusion=Confusion(labels=labels, counts=((1, 2, 3), (4, 5, 6), (0, 0, 0))),
        mistakes=(
            Mistake(
                image=((float("nan"), 9.0), (-1.0,)),
                true=SCRIPT,
                predicted=wide,
                labels=labels,
                probabilities=(float("nan"), 5.0, -1.0),
            ),
            Mistake(image=(), true="a", predicted="b", labels=(), probabilities=()),
        ),
        network=Network(
            style=SCRIPT,
            input_shape=evil,
            layers=(
                NetworkLayer(
                    name=wide,
                    kind=SCRIPT,
                    detail=evil + wide,
                    output_shape="9" * 5000,
                    parameters=10**30,
                    trainable=False,
                ),
            ),
            parameters=0,
            trainable_parameters=0,
            loss=evil,
            optimizer=wide,
            metrics=(SCRIPT,),
        ),
        figures=(
            Figure(function=SCRIPT, png='" onerror="window.pwned = 1', width=-5, height=10**9),
            Figure(function=wide, png=png(4000, (b"\xff" * 4000,)), width=4000, height=1),
        ),
        code=(CodeUnit(cell=None, lines=(f"{evil}{wide}", f"<!--/neighbours--></code></details>{SCRIPT}")),),
        places=(CodePlace(criterion="load", cell=None, first=-3, last=10**9, docstring=(2, 1)),),
    )
    return verdict, shown


def _with_code(shown: Exhibits, units: tuple[CodeUnit, ...]) -> Exhibits:
    return msgspec.structs.replace(shown, code=units, places=places(units))


def _verdict(
    language: str,
    criteria: tuple[CriterionVerdict, ...],
    *,
    status: Status,
    certification: tuple[CertificationItem, ...],
    certified: bool | None = True,
    notices: tuple[Notice, ...] = (),
    submission: str = "submission.py",
    walls: tuple[WallState, ...] = WALLS,
    plain: bool = False,
    seeds: tuple[int, ...] = (0, 1, 2),
) -> Verdict:
    return Verdict(
        language=language,
        exercise="digits",
        title=words(language)("The digits classifier", "Der Ziffern-Klassifikator"),
        submission=SubmissionInfo(
            name=submission, sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        ),
        status=status,
        points=sum(criterion.points for criterion in criteria),
        max_points=sum(criterion.max_points for criterion in criteria),
        certified=certified,
        certification=certification,
        notices=notices,
        isolation=Isolation(mode="plain") if plain else Isolation(mode="walls", walls=walls),
        versions=VERSIONS,
        seeds=seeds,
        resources=Resources(wall_seconds=11.42, cpu_seconds=10.87, peak_mib=231.6),
        criteria=criteria,
    )


def _passed(name: str, language: str) -> CriterionVerdict:
    points, en, de = CRITERIA[name]
    said = de if language == "de" else en
    return CriterionVerdict(
        id=name,
        title=said.title,
        lesson=said.lesson,
        status=Status.PASSED,
        points=points,
        max_points=points,
        message=said.message,
    )


def _replace(criteria: tuple[CriterionVerdict, ...], name: str, **changes: object) -> tuple[CriterionVerdict, ...]:
    return tuple(
        msgspec.structs.replace(criterion, **changes) if criterion.id == name else criterion
        for criterion in criteria
    )
