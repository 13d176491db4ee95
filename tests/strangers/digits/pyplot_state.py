import matplotlib.pyplot as plt
import pandas as pd

plt.style.use("ggplot")
plt.rcParams["figure.figsize"] = (12, 6)


def plot_samples(x, y):
    plt.figure()
    for i in range(10):
        plt.subplot(2, 5, i + 1)
        plt.matshow(x[i].reshape(8, 8), fignum=False, cmap=plt.cm.gray_r)
        plt.title("Label: %i" % y[i])
        plt.xticks([])
        plt.yticks([])
    plt.tight_layout()
    fig = plt.gcf()
    plt.show()
    return fig


def plot_features(x, y):
    fig = plt.figure(figsize=(20, 20))
    for i in range(x.shape[1]):
        ax = fig.add_subplot(8, 8, i + 1)
        ax.plot(y, x[:, i], "b.", alpha=0.2)
        ax.set_title(f"pixel {i}", fontsize=6)
    plt.subplots_adjust(hspace=0.6)
    return fig


def plot_history(history):
    ax = pd.DataFrame(history.history).plot(figsize=(8, 5), grid=True)
    ax.set_xlabel("Epoch")
    ax.set_ylabel("Value")
    ax.set_ylim(0, 2.5)
    return ax.get_figure()


def diagnose(history):
    last = pd.DataFrame(history.history).iloc[-1]
    lowest = pd.DataFrame(history.history)["val_loss"].min()
    if last["accuracy"] < 0.8:
        return "underfitting"
    return "overfitting" if last["val_loss"] > 1.2 * lowest else "good fit"


# Not written yet:
def load(): raise NotImplementedError
def class_counts(y): raise NotImplementedError
def scale(x): raise NotImplementedError
def one_hot(y): raise NotImplementedError
def split(x, y, seed): raise NotImplementedError
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def predict_probabilities(model, x): raise NotImplementedError
def confusion(y_true, y_pred): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
