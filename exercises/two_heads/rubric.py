"""What the network with two outputs is judged by.

The network learns 1200 made-up apples: eight features, a number with the variance 100 and one of three classes.
R² and accuracy on 2000 held-out rows, each of ten secrets with a seed of its own, lowest to highest:

    32-16 relu, Adam 0.003, 20 epochs (reference)          0.897 to 0.915; 0.930 to 0.951
    64-16 elu, mean absolute error without weights         0.927 to 0.938; 0.936 to 0.953
    48-24 relu, Adam 0.001, 25 epochs of 16 rows           0.869 to 0.899; 0.932 to 0.947
    32-32 relu in a class, Huber loss, 30 epochs           0.913 to 0.927; 0.926 to 0.942
    40-20 relu in a class, Adam 0.001, 40 epochs of 16     0.902 to 0.926; 0.932 to 0.949
    48 relu with dropout, a hidden layer in each head      0.902 to 0.925; 0.940 to 0.954
    24-24 tanh, RMSprop 0.005, 40 epochs                   0.905 to 0.920; 0.932 to 0.945

and of three or four secrets:

    32-16 relu, Adam 0.01, 30 epochs                       0.918 to 0.923; 0.927 to 0.934
    24-16 tanh, Adam 0.01, 30 epochs                       0.902 to 0.909; 0.928 to 0.936
    16 relu, Adam 0.01, 20 epochs                          0.874 to 0.891; 0.942 to 0.950
    64-16 relu, Adam 0.001, 60 epochs                      0.910 to 0.927; 0.940 to 0.948

So R² of 0.85 and an accuracy of 0.90 leave room for each of them. Closer than 0.02 to either, the seed in the
middle of three decides.

For the best answer that is the same for all rows, the mean squared error is about 100, the mean absolute error 8
and the cross-entropy 1.1. So `mse` without weights is 90 times the cross-entropy, and 20 times is what may be.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    Accuracy,
    BalancedLosses,
    EachOutput,
    ForOutput,
    HeadAndLoss,
    LinearOutput,
    NamedOutputs,
    Output,
    RegressionLoss,
    RSquared,
    ScoresOutputs,
    SharedTrunk,
    Training,
    Trains,
)
from grader.rubric.data import apples

TRAINING = Training(
    outputs=(
        Output("sweetness", Task(kind="regression")),
        Output("variety", Task(kind="classification", classes=3, labels="integers")),
    )
)

RUBRIC = Rubric(
    title=Bilingual(en="One trunk, two heads", de="Ein Rumpf, zwei Köpfe"),
    task=Task(kind="several"),
    data=apples,
    criteria=(
        Criterion(
            id="outputs",
            points=10,
            title=Bilingual(en="Two outputs with names", de="Zwei Ausgaben mit Namen"),
            lesson=Bilingual(
                en="A name says which output is which; an order has to be remembered.",
                de="Ein Name sagt, welche Ausgabe welche ist; eine Reihenfolge muss man sich merken.",
            ),
            check=NamedOutputs(TRAINING),
        ),
        Criterion(
            id="shared_trunk",
            points=14,
            title=Bilingual(en="A shared trunk", de="Ein gemeinsamer Rumpf"),
            lesson=Bilingual(
                en="Layers that several outputs use learn from all of their labels.",
                de="Schichten, die mehrere Ausgaben benutzen, lernen aus den Labels von allen.",
            ),
            check=SharedTrunk(TRAINING),
            depends_on=("outputs",),
        ),
        Criterion(
            id="sweetness_output",
            points=8,
            title=Bilingual(en="The output for the sweetness", de="Die Ausgabe für die Süße"),
            lesson=Bilingual(
                en="Each head has the activation of its own task: numbers need none.",
                de="Jeder Kopf hat die Aktivierung seiner eigenen Aufgabe: Zahlen brauchen keine.",
            ),
            check=ForOutput(LinearOutput(TRAINING), output="sweetness"),
            depends_on=("outputs",),
        ),
        Criterion(
            id="sweetness_loss",
            points=8,
            title=Bilingual(en="The loss for the sweetness", de="Der Loss für die Süße"),
            lesson=Bilingual(
                en="Each output has a loss of its own, and numbers need one that measures a distance.",
                de="Jede Ausgabe hat ihren eigenen Loss, und Zahlen brauchen einen, der einen Abstand misst.",
            ),
            check=ForOutput(RegressionLoss((TRAINING,)), output="sweetness"),
            depends_on=("outputs",),
        ),
        Criterion(
            id="variety_output",
            points=12,
            title=Bilingual(
                en="Output and loss for the variety",
                de="Ausgabe und Loss für die Sorte",
            ),
            lesson=Bilingual(
                en="For the head with classes, activation, loss and labels fit each other as in any classifier.",
                de="Beim Kopf mit Klassen passen Aktivierung, Loss und Labels zusammen wie in jedem "
                "Klassifikator.",
            ),
            check=ForOutput(HeadAndLoss(TRAINING), output="variety"),
            depends_on=("outputs",),
        ),
        Criterion(
            id="loss_weights",
            points=10,
            title=Bilingual(en="Losses of the same size", de="Gleich große Losses"),
            lesson=Bilingual(
                en="The losses are added up: one that is a hundred times as large is all that the trunk hears.",
                de="Die Losses werden addiert: Von einem, der hundertmal so groß ist, hört der Rumpf allein.",
            ),
            check=BalancedLosses(TRAINING, most=20.0),
            depends_on=("outputs",),
        ),
        Criterion(
            id="training",
            points=8,
            title=Bilingual(en="Train the network", de="Das Netz trainieren"),
            lesson=Bilingual(
                en="fit takes the labels of all outputs together, as a dict by name or a list in their order.",
                de="fit bekommt die Labels aller Ausgaben zusammen: als Dict nach Namen oder als Liste in ihrer "
                "Reihenfolge.",
            ),
            check=EachOutput(Trains(TRAINING)),
            depends_on=("outputs", "sweetness_loss", "variety_output"),
        ),
        Criterion(
            id="r2",
            points=10,
            title=Bilingual(en="R² of the sweetness", de="R² der Süße"),
            lesson=Bilingual(
                en="Each output is judged by the score of its own task.",
                de="Jede Ausgabe wird mit dem Maß ihrer eigenen Aufgabe beurteilt.",
            ),
            check=ForOutput(RSquared((TRAINING,), at_least=0.85, noise=0.02), output="sweetness"),
            depends_on=("training",),
        ),
        Criterion(
            id="accuracy",
            points=10,
            title=Bilingual(en="Accuracy of the variety", de="Accuracy der Sorte"),
            lesson=Bilingual(
                en="What the trunk learns for one output can serve the other.",
                de="Was der Rumpf für die eine Ausgabe lernt, kann der anderen dienen.",
            ),
            check=ForOutput(Accuracy(TRAINING, full=0.90, half=0.80, noise=0.02), output="variety"),
            depends_on=("training",),
        ),
        Criterion(
            id="scores",
            points=10,
            title=Bilingual(en="Score each output", de="Jede Ausgabe bewerten"),
            lesson=Bilingual(
                en="A single number for two tasks hides which of them fails.",
                de="Eine einzige Zahl für zwei Aufgaben verbirgt, welche davon misslingt.",
            ),
            check=ScoresOutputs(TRAINING, "scores"),
            depends_on=("outputs",),
        ),
    ),
)
