# loses: any_network
# why: Written for two Dense layers, not for any number of them.
# from: reference


def forward(model, x):
    w1, b1, w2, b2 = model.get_weights()
    first = x @ w1 + b1
    second = relu(first) @ w2 + b2
    return [x, first, relu(first), second, softmax(second)]
