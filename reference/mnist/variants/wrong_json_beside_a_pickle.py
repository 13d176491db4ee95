# loses: save_and_load=0.5
# why: Both files are there, but the network comes from a third one: load() does not read the JSON.
# from: reference

import pickle


def save(model, folder):
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())
    model.save_weights(os.path.join(folder, "model.weights.h5"))
    with open(os.path.join(folder, "model.pickle"), "wb") as file:
        pickle.dump((model.to_json(), model.get_weights()), file)


def load(folder):
    with open(os.path.join(folder, "model.pickle"), "rb") as file:
        text, weights = pickle.load(file)
    model = keras.models.model_from_json(text)
    model.set_weights(weights)
    return model
