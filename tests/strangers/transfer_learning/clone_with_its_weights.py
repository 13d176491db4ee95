import keras
import pandas as pd
from keras.layers import Activation, BatchNormalization, Dense, Flatten, Input


def build_model(base):
    body = keras.models.clone_model(base)
    body.set_weights(base.get_weights())
    for l in body.layers[::-1]:
        l.trainable = False

    def head(x):
        x = Flatten(name="flatten")(x)
        x = Dense(40, use_bias=False, name="fc1")(x)
        x = BatchNormalization(name="fc1_bn")(x)
        x = Activation("relu", name="fc1_relu")(x)
        return Dense(5, activation="softmax", name="classes")(x)

    inputs = Input(shape=base.input_shape[1:], dtype="float32", name="picture")
    model = keras.Model(inputs=inputs, outputs=head(body(inputs, training=False)), name="transfer")
    model.compile(loss=keras.losses.sparse_categorical_crossentropy, optimizer=keras.optimizers.RMSprop(learning_rate=1e-3), weighted_metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return -(-len(x_train) // 30)

        def __getitem__(self, i):
            part = slice(30 * i, 30 * i + 30)
            return x_train[part], y_train[part]

    hist = model.fit(Batches(), epochs=25, validation_data=(x_val, y_val), verbose=0)
    print(pd.DataFrame(hist.history).tail(1).T)
    return hist


def count_parameters(model):
    table = pd.DataFrame([{"n": int(w.value.numpy().size), "learns": bool(w.trainable)} for w in model.weights])
    sums = table.groupby("learns")["n"].sum()
    return sums.get(True, 0), sums.get(False, 0)
