import keras
import matplotlib.pyplot as plt
import numpy as np

plt.style.use("seaborn-v0_8-whitegrid")


def build_model(n_features):
    model = keras.Sequential()
    model.add(keras.layers.Dense(units=1, input_shape=(n_features,), kernel_initializer="uniform"))
    model.add(keras.layers.Activation("sigmoid"))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.3, momentum=0.9, nesterov=True), loss=keras.losses.binary_crossentropy, metrics=["binary_accuracy"])
    try:
        keras.utils.plot_model(model, "neuron.png", show_shapes=True)
    except Exception as error:
        print("no picture:", error)
    return model


def train(model, x, y):
    history = model.fit(x, y, epochs=50, batch_size=32, validation_split=0.1, verbose=0)
    plt.plot(history.history["loss"])
    plt.show()
    return history


def predict_label(model, x, threshold=0.5):
    return np.heaviside(model.predict(x, verbose=0)[:, 0] - threshold, 0).astype(int)


def decision_boundary(model):
    w, b = model.layers[0].get_weights()
    return -b / w[0]
