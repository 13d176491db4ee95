# loses: forward, any_network
# why: The weights of another network, built when the file is run.
# from: reference


MODEL = build_model()


def forward(model, x):
    w1, b1, w2, b2 = MODEL.get_weights()
    first = x @ w1 + b1
    second = relu(first) @ w2 + b2
    return [x, first, relu(first), second, softmax(second)]
