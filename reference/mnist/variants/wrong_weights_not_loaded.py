# loses: save_and_load
# why: The architecture comes back, with new random weights.
# from: reference


def load(folder):
    with open(os.path.join(folder, "model.json")) as file:
        return keras.models.model_from_json(file.read())
