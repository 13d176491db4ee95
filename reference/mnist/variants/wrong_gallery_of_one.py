# loses: error_gallery
# why: One mistake is no gallery.
# from: reference


def error_gallery(model, x, y):
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    row = np.flatnonzero(predicted != y)[0]
    figure, ax = plt.subplots()
    ax.imshow(x[row])
    ax.set_title(f"{predicted[row]}, not {y[row]}")
    return figure
