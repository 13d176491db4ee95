# loses: reliability_plot=0.5
# why: Nobody knows what is on the axes.
# from: reference


def reliability_plot(y_true, p, bins):
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1])
    axes.plot(*reliability(y_true, p, bins), marker="o")
    return figure
