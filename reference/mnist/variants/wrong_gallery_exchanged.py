# loses: error_gallery=0.5
# why: The titles exchange what the network says and what is right.
# from: reference


def error_gallery(model, x, y):
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    chosen = np.flatnonzero(predicted != y)[:16]
    figure, axes = plt.subplots(4, 4, figsize=(7, 8))
    for ax, row in zip(axes.flat, chosen):
        ax.imshow(x[row], cmap="gray_r")
        ax.set_title(f"true: {predicted[row]}, predicted: {y[row]}")
    return figure
