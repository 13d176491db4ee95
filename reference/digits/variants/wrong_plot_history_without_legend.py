# loses: figures=0.6667
# why: The learning curves have neither legend nor labels: nobody can tell them apart.
# from: reference


def plot_history(history):
    figure, axes = plt.subplots(1, 2)
    for ax, name in zip(axes, ["loss", "accuracy"]):
        ax.plot(history.history[name])
        ax.plot(history.history[f"val_{name}"])
    return figure
