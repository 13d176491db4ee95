# loses: plot_history
# why: The curves of the validation are missing.
# from: reference


def plot_history(history):
    figure, ax = plt.subplots()
    ax.plot(history.history["loss"], label="loss")
    ax.plot(history.history["accuracy"], label="accuracy")
    ax.set(xlabel="epoch", ylabel="value")
    ax.legend()
    return figure
