# loses: reliability_plot
# why: A histogram of the probabilities in place of the diagram.
# from: reference


def reliability_plot(y_true, p, bins):
    figure, axes = plt.subplots()
    axes.hist(p, bins=bins)
    axes.set_xlabel("probability")
    axes.set_ylabel("rows")
    return figure
