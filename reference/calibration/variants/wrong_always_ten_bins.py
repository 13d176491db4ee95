# loses: reliability_plot
# why: The number of bins is ten, whatever was asked for.
# from: reference


def reliability_plot(y_true, p, bins):
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1])
    axes.plot(*reliability(y_true, p, 10), "o")
    axes.set(xlabel="mean prediction", ylabel="fraction of positives")
    return figure
