# loses: save_and_load
# why: It writes into the current folder, and reads from there.
# from: reference


def save(model, folder):
    with open("model.json", "w") as file:
        file.write(model.to_json())
    model.save_weights("model.weights.h5")


def load(folder):
    with open("model.json") as file:
        model = keras.models.model_from_json(file.read())
    model.load_weights("model.weights.h5")
    return model
