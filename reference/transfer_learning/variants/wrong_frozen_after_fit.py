# loses: frozen
# why: The base is frozen after a first fit, without compiling again: it goes on learning.
# from: reference


def build_model(base):
    model = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(N_CLASSES, activation="softmax")])
    model.build((None, 16, 16, 1))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=1, verbose=0)
    model.layers[0].trainable = False
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=32, verbose=0)
