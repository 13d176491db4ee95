# loses: save_and_load
# why: load() gives back the weights, not a model.
# from: reference


def load(folder):
    with open(os.path.join(folder, "model.json")) as file:
        model = keras.models.model_from_json(file.read())
    model.load_weights(os.path.join(folder, "model.weights.h5"))
    return model.get_weights()
