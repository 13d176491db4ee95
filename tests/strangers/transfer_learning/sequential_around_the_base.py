import keras
import numpy as np

layers = keras.layers


def build_model(base):
    base.trainable = False
    model = keras.models.Sequential(name="digits_5_to_9")
    model.add(base)
    model.add(layers.Flatten())
    model.add(layers.Dense(5, activation="softmax"))
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.summary()
    return model


def train(model, x_train, y_train, x_val, y_val):
    print("trainable:", len(model.trainable_weights))
    return model.fit(x_train, y_train, batch_size=16, epochs=30, validation_data=(x_val, y_val), verbose=2)


def count_parameters(model):
    trainable = np.sum([np.prod(v.shape) for v in model.trainable_variables])
    non_trainable = np.sum([np.prod(v.shape) for v in model.non_trainable_variables])
    return [trainable, non_trainable]
