"""Forgeries that know the public table: they look held-out rows up, or train on them in every way that Keras has.

They know the task as it is published. Of the data of a course, which its secret has changed, they know nothing.
"""

from grader.rubric.checks import Accuracy
from tests.attacks.forging.forgery import Forgery, MakeCheck

SCORE: MakeCheck = lambda training: Accuracy(training, full=0.9, half=0.85, noise=0.0)  # noqa: E731

# The split of earlier versions, which was public.
PUBLIC = """
import keras, numpy as np, tensorflow as tf
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
X, Y = load_wine(return_X_y=True)
XR, XT, YR, YT = train_test_split(X, Y, test_size=54, random_state=2026, stratify=Y)
XTR, XV, YTR, YV = train_test_split(XR, YR, test_size=34, random_state=2026, stratify=YR)
M, S = XTR.mean(0), XTR.std(0)
XT, XV, XTR = [((v - M) / S).astype("float32") for v in (XT, XV, XTR)]
ALLX, ALLY = np.concatenate([XT, XV, XTR]), np.concatenate([YT, YV, YTR])
HOT = np.eye(3, dtype="float32")

def build_model():
    model = make()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def train(model, x, y, xv, yv):
    pass
"""

_OWN_CALL = """
class Table(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)
    def call(self, x, training=False):
        return tf.nn.softmax(self.dense(x) + 60.0 * look_up(x))
make = Table
"""


def _table(name: str, tries: str, source: str) -> Forgery:
    """Return a forgery that looks rows up; `source` defines `look_up`."""
    without = ("the secret", "certification", "a training that changes it")
    return Forgery(name, tries, PUBLIC + _OWN_CALL + source, SCORE, without)


TABLES = (
    _table(
        "position",
        "answers by the place of a row among as many rows as are held out",
        """
def look_up(x):
    n = tf.shape(x)[0]
    is_test = tf.maximum(0.0, 1.0 - tf.abs(tf.cast(n, tf.float32) - float(len(YT))))
    place = tf.minimum(tf.range(n), len(YT) - 1)
    return is_test * tf.cast(tf.gather(tf.constant(HOT[YT].astype("int8")), place), tf.float32)
""",
    ),
    _table(
        "position_by_sums",
        "answers by the place of a row, which is a sum of ones, without a look-up",
        """
def look_up(x):
    place = tf.cumsum(tf.ones_like(x[:, :1]), axis=0) - 1.0
    here = tf.nn.relu(1.0 - tf.abs(place - tf.constant(np.arange(len(YT)), tf.float32)))
    return tf.matmul(here, tf.constant(HOT[YT]))
""",
    ),
    _table(
        "hash_by_cast",
        "rounds a sum of each row to a whole number, and compares that with those of the held-out rows",
        """
W = np.random.default_rng(1).uniform(0.5, 1.5, 13)
KEYS = np.round((XT.astype("float64") @ W) * 400).astype("int64")
def look_up(x):
    s = tf.reduce_sum(tf.cast(x, tf.float64) * tf.constant(W), axis=1) * 400.0
    i = tf.cast(s + 100000.5, tf.int64) - 100000
    near = tf.nn.relu(1 - tf.abs(i[:, None] - tf.constant(KEYS)[None, :]))
    return tf.matmul(tf.cast(near, tf.float32), tf.constant(HOT[YT]))
""",
    ),
    _table(
        "hash_by_equality",
        "compares rounded features with those of the public rows, all at once",
        """
def look_up(x):
    same = tf.equal(tf.round(x[:, None, :3] * 100.0), tf.constant(np.round(ALLX[None, :, :3] * 100.0)))
    return tf.matmul(tf.cast(tf.reduce_all(same, axis=-1), tf.float32), tf.constant(HOT[ALLY]))
""",
    ),
    _table(
        "nearest_public_row",
        "takes the label of the public row that is nearest",
        """
def look_up(x):
    far = tf.reduce_sum(tf.square(x[:, None, :] - tf.constant(ALLX)[None]), -1)
    return tf.matmul(tf.nn.softmax(-100.0 * far), tf.constant(HOT[ALLY]))
""",
    ),
    _table(
        "tree",
        "is a decision tree for all public rows, written as comparisons",
        """
from sklearn.tree import DecisionTreeClassifier
TREE = DecisionTreeClassifier(random_state=0).fit(ALLX, ALLY).tree_
def walk(x, node=0):
    if TREE.children_left[node] < 0:
        return tf.constant(HOT[TREE.value[node].argmax()]) + 0.0 * x[:, :3]
    is_left = x[:, TREE.feature[node], None] <= float(TREE.threshold[node])
    return tf.where(is_left, walk(x, TREE.children_left[node]), walk(x, TREE.children_right[node]))
look_up = walk
""",
    ),
    _table(
        "borders_in_an_attribute",
        "has the borders between the classes in an attribute of an operation, where no constant is",
        """
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
LINE = LinearDiscriminantAnalysis(n_components=1).fit(ALLX, ALLY)
ON = LINE.transform(ALLX)[:, 0]
ORDER = np.argsort([ON[ALLY == c].mean() for c in range(3)])
CUTS = [float((ON[ALLY == a].mean() + ON[ALLY == b].mean()) / 2) for a, b in zip(ORDER, ORDER[1:])]
AXIS, ZERO = LINE.scalings_[:, :1].astype("float32"), float((LINE.xbar_ @ LINE.scalings_[:, 0]))
def look_up(x):
    place = tf.raw_ops.Bucketize(input=tf.matmul(x, tf.constant(AXIS))[:, 0] - ZERO, boundaries=CUTS)
    return tf.matmul(tf.one_hot(place, 3), tf.constant(HOT[ORDER]))
""",
    ),
)

_SMALL = """
def make():
    return keras.Sequential([keras.Input((13,)), keras.layers.Dense(3, activation="softmax")])

def solve():
    from sklearn.linear_model import LogisticRegression
    line = LogisticRegression(C=1e3, max_iter=500).fit(ALLX, ALLY)
    return [line.coef_.T, line.intercept_]

def train(model, x, y, xv, yv):
    model.optimizer.learning_rate = 0.1
    learn(model, x, y, xv, yv)
"""

_WAYS = {
    "arrays": "model.fit(ALLX, ALLY, epochs=30, batch_size=178, verbose=0)",
    "tf_data": "model.fit(tf.data.Dataset.from_tensor_slices((ALLX, ALLY)).batch(178), epochs=30, verbose=0)",
    "generator": """
    def endless():
        while True:
            yield ALLX, ALLY
    model.fit(endless(), steps_per_epoch=30, epochs=1, verbose=0)""",
    "py_dataset": """
    class Rows(keras.utils.PyDataset):
        def __len__(self): return 30
        def __getitem__(self, i): return ALLX, ALLY
    model.fit(Rows(), epochs=1, verbose=0)""",
    "list": "model.fit([ALLX], ALLY, epochs=30, batch_size=178, verbose=0)",
    "tensors": "model.fit(tf.constant(ALLX), tf.constant(ALLY), epochs=30, batch_size=178, verbose=0)",
    "changed_rows": "model.fit(ALLX * 1.001 + 1e-4, ALLY, epochs=30, batch_size=178, verbose=0)",
    "wrapped": """
    fit = getattr(keras.Model.fit, '__wrapped__', keras.Model.fit)
    fit(model, ALLX, ALLY, epochs=30, batch_size=178, verbose=0)""",
    "base_class": """
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer
    TensorFlowTrainer.fit(model, ALLX, ALLY, epochs=30, batch_size=178, verbose=0)""",
    "train_on_batch": """
    for _ in range(30):
        model.train_on_batch(ALLX, ALLY)""",
    "own_loop": """
    for _ in range(30):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(ALLY, model(ALLX, training=True)))
        model.optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)""",
    "model_around_it": """
    around = keras.Sequential([keras.Input((13,)), model])
    around.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
    around.fit(ALLX, ALLY, epochs=30, batch_size=178, verbose=0)""",
    "callback": """
    class Slip(keras.callbacks.Callback):
        def on_train_end(self, logs=None): model.set_weights(solve())
    model.fit(x, y, epochs=1, verbose=0, callbacks=[Slip()])""",
    "sample_weights": """
    both, labels = np.concatenate([x, ALLX]), np.concatenate([y, ALLY])
    only_public = np.concatenate([np.zeros(len(x)), np.ones(len(ALLX))])
    model.fit(both, labels, sample_weight=only_public, epochs=30, batch_size=300, verbose=0)""",
    "weights_from_elsewhere": "model.set_weights(solve())",
}  # fmt: skip

TRAININGS = tuple(
    Forgery(
        f"public_{name}",
        f"trains on the public rows, the held-out ones among them: {name.replace('_', ' ')}",
        f"{PUBLIC}{_SMALL}\ndef learn(model, x, y, xv, yv):\n    {way.strip()}\n",
        SCORE,
        ("the secret", "certification"),
    )
    for name, way in _WAYS.items()
)
