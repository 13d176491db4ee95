# loses: nothing
# why: The subclass holds kernels and biases of its own and multiplies by hand; German words for the styles.
# from: reference


class ByHand(keras.Model):
    def __init__(self, n_features):
        super().__init__()
        sizes = [n_features, WIDTH, WIDTH, 1]
        self.kernels = [
            self.add_weight(shape=(a, b), initializer="glorot_uniform", name=f"w{a}_{b}") for a, b in zip(sizes, sizes[1:])
        ]
        self.biases = [self.add_weight(shape=(1, b), initializer="zeros", name=f"b{b}") for b in sizes[1:]]

    def call(self, x):
        h = keras.ops.relu(x @ self.kernels[0] + self.biases[0])
        h = keras.ops.relu(self.biases[1] + keras.ops.matmul(h, self.kernels[1]))
        return keras.ops.matmul(h, self.kernels[2]) + self.biases[2]


def build_subclassed(n_features):
    return compiled(ByHand(n_features))


STYLE_FACTS = {
    "one_after_another": "sequenziell",
    "easiest_overview": "Sequentiell",
    "branches": ["funktional", "abgeleitete Klasse"],
    "threaded_by_hand": "funktional, Unterklasse",
    "own_layers": "alle",
    "conditions_and_loops": {"Unterklasse"},
    "class_of_its_own": {"eigene Klasse"},
    "shapes_known_at_once": "sequenziell und funktional",
    "compile_and_fit": "alle drei",
}
