# loses: head_and_loss, training, accuracy
# why: The labels are made the digits 5 to 9 again, and the sparse loss counts from 0.
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(
        x_train, y_train + 5, validation_data=(x_val, y_val + 5), epochs=40, batch_size=32, verbose=0
    )
