# loses: plot_history
# why: Nobody can tell training from validation.
# from: reference


def plot_history(history):
    figure, axes = plt.subplots(1, 2)
    for ax, name in zip(axes, ["loss", "accuracy"]):
        ax.plot(history.history[name])
        ax.plot(history.history[f"val_{name}"])
        ax.set(xlabel="epoch", ylabel=name)
    return figure
