# loses: architecture, r2
# why: Hidden layers without an activation collapse into a straight line.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(8,)),
            keras.layers.Dense(16),
            keras.layers.Dropout(0.05),
            keras.layers.Dense(16),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
    return model
