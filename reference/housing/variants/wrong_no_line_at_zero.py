# loses: residual_plot
# why: The line at 0 is missing.
# from: reference


def residual_plot(model, x, y):
    predicted = predict(model, x)
    figure, axes = plt.subplots()
    axes.scatter(predicted, y - predicted)
    axes.set(xlabel="prediction", ylabel="residual")
    return figure
