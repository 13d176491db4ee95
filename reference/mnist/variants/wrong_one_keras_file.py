# loses: save_and_load=0.5
# why: Architecture and weights in one archive, which the task does not ask for.
# from: reference


def save(model, folder):
    model.save(os.path.join(folder, "model.keras"))


def load(folder):
    return keras.models.load_model(os.path.join(folder, "model.keras"))
