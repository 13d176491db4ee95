# transfer learning (tf.keras, functional)
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Dropout, GlobalMaxPooling2D
from tensorflow.keras.models import Model

LR, EPOCHS = 0.01, 40


def build_model(base):
    for layer in base.layers:
        layer.trainable = False
    x = base.output
    x = GlobalMaxPooling2D()(x)
    x = Dense(64, activation="relu")(x)
    x = Dropout(0.3)(x)
    logits = Dense(5, name="logits")(x)
    model = Model(inputs=base.input, outputs=logits)
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=LR, momentum=0.9), loss=loss, metrics=["acc"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(300).batch(32)
    val_ds = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch(32)
    return model.fit(train_ds, validation_data=val_ds, epochs=EPOCHS, verbose=0)


def count_parameters(model):
    lines = []
    model.summary(print_fn=lambda line, line_break=True: lines.append(line), line_length=120)
    text = "\n".join(lines)
    found = {}
    for line in text.splitlines():
        for kind in ("Non-trainable", "Trainable"):
            if kind + " params" in line:
                found[kind] = int(line.split(":")[1].split("(")[0].replace(",", ""))
    return found["Trainable"], found["Non-trainable"]
