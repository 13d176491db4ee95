# loses: save_and_load
# why: It remembers where it saved, instead of reading where it is told to.
# from: reference


places = []


def save(model, folder):
    places.append(folder)
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())
    model.save_weights(os.path.join(folder, "model.weights.h5"))


def load(folder):
    with open(os.path.join(places[-1], "model.json")) as file:
        model = keras.models.model_from_json(file.read())
    model.load_weights(os.path.join(places[-1], "model.weights.h5"))
    return model
