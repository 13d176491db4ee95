import matplotlib.pyplot as plt
from matplotlib.gridspec import GridSpec


def plot_samples(x, y):
    fig = plt.figure(constrained_layout=True)
    grid = GridSpec(5, 2, figure=fig)
    for place, picture, digit in zip(grid, x.reshape(-1, 8, 8)[:10], y[:10]):
        axes = fig.add_subplot(place)
        axes.imshow(picture, cmap="Greys", vmin=0, vmax=16, interpolation="nearest")
        axes.set(title=f"{digit}", xticks=[], yticks=[])
    return fig


def plot_features(x, y):
    fig, axes = plt.subplots(8, 8, sharex=True, sharey=True, figsize=(16, 16))
    for (row, column), ax in __import__("numpy").ndenumerate(axes):
        ax.scatter(y, x[:, 8 * row + column], c=y, cmap="tab10", s=2)
    fig.suptitle("grey value against digit")
    return fig


def plot_history(history):
    fig, left = plt.subplots()
    right = left.twinx()
    lines = []
    for ax, name, color in ((left, "loss", "tab:red"), (right, "accuracy", "tab:blue")):
        lines += ax.plot(history.epoch if hasattr(history, "epoch") and history.epoch else range(len(history.history[name])), history.history[name], color=color, label=name)
        lines += ax.plot(range(len(history.history[name])), history.history["val_" + name], color=color, ls="--", label="validation " + name)
        ax.set_ylabel(name)
    left.set_xlabel("epoch")
    left.legend(lines, [line.get_label() for line in lines], loc="center right")
    return fig


# Not written yet:
def load(): raise NotImplementedError
def class_counts(y): raise NotImplementedError
def scale(x): raise NotImplementedError
def one_hot(y): raise NotImplementedError
def split(x, y, seed): raise NotImplementedError
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def predict_probabilities(model, x): raise NotImplementedError
def confusion(y_true, y_pred): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
