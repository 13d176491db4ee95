"""The fixed rows on which a compiled loss is evaluated, so that a custom function is identified by its values.

The child evaluates the loss on them (`grader.sandbox.inside.keras_facts`); the examiner compares the values with
those of the losses that it knows.
"""

import numpy as np

PROBE_LABELS = np.array([0, 1, 2, 3])  # (4,): class index of each row
# (4 rows, 4 classes): the outputs of an imagined network for each row, probabilities.
PROBE_OUTPUTS = np.array(
    [[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.6, 0.2, 0.15, 0.05], [0.25, 0.25, 0.3, 0.2]], dtype=np.float32
)
