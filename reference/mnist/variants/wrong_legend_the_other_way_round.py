# loses: plot_history
# why: The validation curves are drawn first, and the legend names the training first.
# from: reference


def plot_history(history):
    figure, axes = plt.subplots(1, 2)
    for ax, name in zip(axes, ["loss", "accuracy"]):
        ax.plot(history.history[f"val_{name}"])
        ax.plot(history.history[name])
        ax.legend(["train", "validation"])
        ax.set(xlabel="epoch", ylabel=name)
    return figure
