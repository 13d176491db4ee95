import keras, numpy as np
from keras import layers, regularizers

def build_model(n_features):
    model = keras.Sequential([
        layers.Input(shape=(n_features,)),
        layers.Dense(1, activation="sigmoid", kernel_regularizer=regularizers.L2(0.5)),
    ])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse", metrics=["accuracy"])
    return model

def train(model, x, y):
    history = model.fit(x, y, epochs=50, batch_size=32, verbose=0)
    import matplotlib.pyplot as plt
    plt.plot(history.history["loss"]); plt.show()
    return history

def predict_label(model, x, threshold=0.5):
    return [1 if p > threshold else 0 for p in model.predict(x).flatten()]

def decision_boundary(model):
    return -model.layers[0].bias[0] / model.layers[0].kernel[0, 0]
