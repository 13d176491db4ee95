# loses: count_parameters
# why: The biases are left out of the count.
# from: reference


def count_parameters(n_inputs, units, use_bias):
    return n_inputs * units
