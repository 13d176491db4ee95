# loses: residual_plot
# why: Values and predictions are drawn, not what is left between them.
# from: reference


def residual_plot(model, x, y):
    predicted = predict(model, x)
    figure, axes = plt.subplots()
    axes.scatter(predicted, y)
    axes.axhline(0)
    axes.set(xlabel="prediction", ylabel="value")
    return figure
