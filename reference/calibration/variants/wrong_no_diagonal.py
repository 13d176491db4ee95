# loses: reliability_plot=0.5
# why: Nothing to compare the points with.
# from: reference


def reliability_plot(y_true, p, bins):
    figure, axes = plt.subplots()
    axes.plot(*reliability(y_true, p, bins), marker="o")
    axes.set_xlabel("mean prediction")
    axes.set_ylabel("fraction of positives")
    return figure
