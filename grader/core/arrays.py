"""The type of a NumPy array of any dtype and shape."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
