STYLE_FACTS = {
    "one_after_another": "Sequential",
    "easiest_overview": "Sequential API",
    "branches": ["Functional", "Subclassing"],
    "threaded_by_hand": ["Functional", "Subclassing"],
    "own_layers": "all of them",
    "conditions_and_loops": "Subclassing",
    "class_of_its_own": "Subclassing",
    "shapes_known_at_once": ["Sequential", "Functional"],
    "compile_and_fit": "all of them",
}


# Not written yet:
def build_sequential(n_features): raise NotImplementedError
def build_functional(n_features): raise NotImplementedError
def build_subclassed(n_features): raise NotImplementedError
def train(model, x, y, x_val, y_val): raise NotImplementedError
def scores(model, x, y): raise NotImplementedError
