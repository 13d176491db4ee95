# loses: save_and_load=0.1667
# why: load() can read one network only: that of build_model().
# from: reference


def save(model, folder):
    os.makedirs(folder, exist_ok=True)
    model.save_weights(os.path.join(folder, "model.weights.h5"))


def load(folder):
    model = build_model()
    model.load_weights(os.path.join(folder, "model.weights.h5"))
    return model
