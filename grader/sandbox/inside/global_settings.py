"""Give each function the global settings that the top level of the submission made, whatever others set."""

import keras
import tensorflow as tf

from grader.sandbox.inside.python_settings import SETTINGS, PythonSettings


class GlobalSettings(PythonSettings):
    """The settings of Keras, TensorFlow, NumPy and Python at one moment."""

    settings = (
        (keras.config.floatx, keras.config.set_floatx),
        (keras.config.epsilon, keras.config.set_epsilon),
        (keras.config.image_data_format, keras.config.set_image_data_format),
        (keras.config.dtype_policy, keras.config.set_dtype_policy),
        (tf.config.functions_run_eagerly, tf.config.run_functions_eagerly),
        *SETTINGS,
    )
