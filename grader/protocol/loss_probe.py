"""TODO: grader/protocol/loss_probe.py."""

import numpy as np

# The rows on which `model_facts` asks every loss for its value: label, and what the network would put out.
PROBE_LABELS = np.array([0, 1, 2, 3])
PROBE_OUTPUTS = np.array(
    [[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.6, 0.2, 0.15, 0.05], [0.25, 0.25, 0.3, 0.2]], dtype=np.float32
)
