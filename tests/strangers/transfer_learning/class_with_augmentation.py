import keras
from keras import ops


@keras.saving.register_keras_serializable("strokes")
class Transfer(keras.Model):
    """Shifted a little in training, through the base in inference mode, then a small head."""

    def __init__(self, base, classes=5):
        super().__init__()
        self.augment = keras.Sequential([keras.layers.RandomTranslation(0.05, 0.05, fill_mode="constant")])
        self.base = base
        self.base.trainable = False
        self.flat = keras.layers.Flatten()
        self.norm = keras.layers.LayerNormalization()
        self.head = keras.layers.Dense(classes, activation="softmax", kernel_regularizer=keras.regularizers.L2(1e-4))

    def call(self, images, training=False):
        if training:
            images = self.augment(images, training=training)
        return self.head(self.norm(self.flat(self.base(images, training=False))))


def build_model(base):
    model = Transfer(base)
    model.build((None, *base.input_shape[1:]))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=40, validation_data=(x_val, y_val), batch_size=20, verbose=0,
                     callbacks=[keras.callbacks.EarlyStopping("val_accuracy", patience=15, restore_best_weights=True)])


def count_parameters(model):
    total = {True: 0, False: 0}
    for weight in model.weights:
        total[weight.trainable] += int(ops.size(weight))
    return tuple(total.values())
