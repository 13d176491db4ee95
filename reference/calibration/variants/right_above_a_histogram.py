# loses: nothing
# why: Two sub-plots: the diagram above, and below it how many predictions there are.
# from: reference


def reliability_plot(y_true, p, bins):
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(5, 7), height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color="grey", linestyle="dashed")
    upper.plot(*reliability(y_true, p, bins), marker="o")
    upper.set(xlabel="mean prediction", ylabel="fraction of positives")
    lower.hist(p, bins=bins, range=(0, 1))
    lower.set(xlabel="prediction", ylabel="rows")
    figure.tight_layout()
    return figure
