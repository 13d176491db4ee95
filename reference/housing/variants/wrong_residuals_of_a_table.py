# loses: residual_plot
# why: A column minus a line is a table, of which each column is drawn.
# from: reference


def residual_plot(model, x, y):
    predicted = model.predict(x, verbose=0)
    figure, axes = plt.subplots()
    axes.plot(predicted, y - predicted, "o")
    axes.axhline(0)
    axes.set(xlabel="prediction", ylabel="residual")
    return figure
