# loses: same_layers, r2
# why: Without activations the hidden layers collapse: all three are linear regressions.
# from: reference

ACTIVATION = None
