# loses: figures=0.6667
# why: The limits are those of the accuracies, for the losses as well: most of their curves is outside.
# from: reference


def plot_history(history):
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for ax, name in zip(axes, ["loss", "accuracy"]):
        values = history.history[name]
        epochs = range(1, len(values) + 1)
        ax.plot(epochs, values, label="training")
        ax.plot(epochs, history.history[f"val_{name}"], label="validation")
        ax.set_ylim(0.5, 1)
        ax.set_xlabel("epoch")
        ax.set_ylabel(name)
        ax.legend()
    return figure
