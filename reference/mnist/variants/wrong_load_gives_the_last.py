# loses: save_and_load
# why: It gives back the last model that was saved, which is in no file: the next process has none.
# from: reference


last = {}


def save(model, folder):
    last["model"] = model
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())
    model.save_weights(os.path.join(folder, "model.weights.h5"))


def load(folder):
    return last["model"]
