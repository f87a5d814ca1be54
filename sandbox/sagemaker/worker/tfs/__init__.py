"""AWS's TensorFlow inference image: a model server for SavedModels, and what the image puts before it."""
