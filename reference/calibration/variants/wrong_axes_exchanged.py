# loses: reliability_plot
# why: Fractions on the x axis.
# from: reference


def reliability_plot(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1])
    axes.plot(fractions, means, marker="o")
    axes.set_xlabel("mean prediction")
    axes.set_ylabel("fraction of positives")
    return figure
