# loses: reliability_plot=0.5
# why: The diagonal is drawn on other axes than the points, so that nobody can compare them.
# from: reference


def reliability_plot(y_true, p, bins):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(*reliability(y_true, p, bins), "o")
    right.plot([0, 1], [0, 1])
    for axes in (left, right):
        axes.set(xlabel="mean prediction", ylabel="fraction of positives")
    return figure
