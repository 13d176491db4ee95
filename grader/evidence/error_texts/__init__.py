"""Turn the exceptions of Keras, TensorFlow, NumPy, scikit-learn and Python into sentences for beginners."""
