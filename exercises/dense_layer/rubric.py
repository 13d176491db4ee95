"""What the Dense layer is judged by: its numbers, what it computes, and what its options do.

There is no score here. The layers of `make_layer` are read from their frozen graphs, before and after one step of
gradient descent on drawn rows. Each of the properties is far from its absence there: a penalty of 0.01 changes
weights by 2 % in that step, of which single precision leaves 0.01 %; the standard deviations of other initialisers
differ from that of `he_normal` by 8 % at least for 240 to 480 inputs, and that of 20,000 drawn weights is within
1.5 % of its own (measured on 200 seeds).
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    ConstantWeights,
    Formulas,
    Frozen,
    HeNormal,
    MakesLayer,
    NoBias,
    NonNegative,
    Penalised,
)
from grader.rubric.data import no_data

RUBRIC = Rubric(
    title=Bilingual(en="What Dense can do", de="Was Dense kann"),
    task=Task(kind="functions"),
    data=no_data,
    criteria=(
        Criterion(
            id="count_parameters",
            points=14,
            title=Bilingual(en="Count the parameters", de="Die Parameter zählen"),
            lesson=Bilingual(
                en="Every unit has a weight for every input and one bias: that is all that a Dense layer learns.",
                de="Jede Unit hat ein Gewicht für jeden Eingang und einen Bias: Mehr lernt eine Dense-Schicht "
                "nicht.",
            ),
            check=Formulas(("count_parameters",)),
        ),
        Criterion(
            id="dense",
            points=26,
            title=Bilingual(en="Dense in NumPy", de="Dense in NumPy"),
            lesson=Bilingual(
                en="A Dense layer is one matrix product, one sum and one function of each number.",
                de="Eine Dense-Schicht ist ein Matrixprodukt, eine Summe und eine Funktion jeder Zahl.",
            ),
            check=Formulas(("dense",)),
        ),
        Criterion(
            id="constant",
            points=10,
            title=Bilingual(en="Weights that begin alike", de="Gewichte, die gleich beginnen"),
            lesson=Bilingual(
                en="An initialiser only says where training begins; the rest is up to training.",
                de="Ein Initialisierer sagt nur, wo das Training beginnt; alles Weitere macht das Training.",
            ),
            check=MakesLayer("make_layer", "constant", ConstantWeights(kernel=0.5, bias=1.0), units=4),
        ),
        Criterion(
            id="he",
            points=10,
            title=Bilingual(en="He's initialiser", de="Der Initialisierer von He"),
            lesson=Bilingual(
                en="The more inputs a unit has, the smaller its weights have to begin, or sums grow too large.",
                de="Je mehr Eingänge eine Unit hat, desto kleiner müssen ihre Gewichte beginnen, sonst werden "
                "ihre Summen zu groß.",
            ),
            check=MakesLayer("make_layer", "he", HeNormal(), units=100, features=200),
        ),
        Criterion(
            id="no_bias",
            points=10,
            title=Bilingual(en="A layer without a bias", de="Eine Schicht ohne Bias"),
            lesson=Bilingual(
                en="Without a bias, zeros give zeros, whatever the training does.",
                de="Ohne Bias geben Nullen Nullen, was auch immer das Training tut.",
            ),
            check=MakesLayer("make_layer", "no bias", NoBias(), units=4),
        ),
        Criterion(
            id="l2",
            points=10,
            title=Bilingual(en="A penalty on large weights", de="Eine Strafe für große Gewichte"),
            lesson=Bilingual(
                en="A penalty is a part of the loss: in each step it pulls every weight a little towards zero.",
                de="Eine Strafe ist ein Teil des Loss: Sie zieht jedes Gewicht in jedem Schritt ein wenig zur "
                "Null.",
            ),
            check=MakesLayer("make_layer", "l2", Penalised(l2=0.01), units=4),
        ),
        Criterion(
            id="non_negative",
            points=10,
            title=Bilingual(en="Weights that are never negative", de="Gewichte, die nie negativ sind"),
            lesson=Bilingual(
                en="A constraint mends the weights after each step; an initialiser is forgotten after the first.",
                de="Eine Bedingung bessert die Gewichte nach jedem Schritt nach; ein Initialisierer ist nach dem "
                "ersten vergessen.",
            ),
            check=MakesLayer("make_layer", "non-negative", NonNegative(), units=4),
        ),
        Criterion(
            id="frozen",
            points=10,
            title=Bilingual(en="A frozen layer", de="Eine eingefrorene Schicht"),
            lesson=Bilingual(
                en="A frozen layer computes as before and learns nothing: this is how a trained base is reused.",
                de="Eine eingefrorene Schicht rechnet wie zuvor und lernt nichts: So verwendet man eine fertig "
                "trainierte Basis wieder.",
            ),
            check=MakesLayer("make_layer", "frozen", Frozen(), units=4),
        ),
    ),
)
