# loses: residual_plot
# why: The axes have no labels.
# from: reference


def residual_plot(model, x, y):
    predicted = predict(model, x)
    figure, axes = plt.subplots()
    axes.scatter(predicted, y - predicted)
    axes.axhline(0)
    return figure
