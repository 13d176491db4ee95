# loses: save_and_load=0.5
# why: The JSON lies beside a file that holds everything, so the weights have no file of their own.
# from: reference


def save(model, folder):
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())
    model.save(os.path.join(folder, "model.keras"))


def load(folder):
    return keras.models.load_model(os.path.join(folder, "model.keras"))
