# loses: residual_plot
# why: Against the true values even noise has a slope.
# from: reference


def residual_plot(model, x, y):
    predicted = predict(model, x)
    figure, axes = plt.subplots()
    axes.scatter(y, y - predicted)
    axes.axhline(0)
    axes.set(xlabel="value", ylabel="residual")
    return figure
