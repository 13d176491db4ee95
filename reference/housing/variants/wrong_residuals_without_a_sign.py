# loses: residual_plot
# why: Without a sign nobody sees what is too high and what is too low.
# from: reference


def residual_plot(model, x, y):
    predicted = predict(model, x)
    figure, axes = plt.subplots()
    axes.scatter(predicted, np.abs(y - predicted))
    axes.axhline(0)
    axes.set(xlabel="prediction", ylabel="residual")
    return figure
