# loses: head_and_loss, accuracy
# why: build_model returns a model that was never compiled: fit stops with an error.
# from: reference


def build_model():
    return make_network()
