"""A SavedModel loaded as TensorFlow Serving loads it: the graph with the tag `serve`, run in a session."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format

from .status import StatusError, status_of

# The image starts the model server without --saved_model_tags.
TAGS = ["serve"]
DEFAULT_SIGNATURE = "serving_default"


class SavedModel:
    """One version of a model. Its signatures are the graph's own: what Python the model was made of plays no part."""

    def __init__(self, folder: Path) -> None:
        # The loader of sessions is said to be deprecated; it is the one that has the signatures of the graph itself.
        tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        loaded = tf.compat.v1.saved_model.load(self._session, TAGS, str(folder))
        self._signatures = dict(loaded.signature_def)

    def inputs(self, signature_name: str) -> dict[str, tf.DType]:
        """The types of a signature's inputs by name."""
        return {name: tf.dtypes.as_dtype(info.dtype) for name, info in self._signature(signature_name).inputs.items()}

    def predict(self, signature_name: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The outputs of a signature by name, for all of its inputs."""
        signature = self._signature(signature_name)
        feeds = {signature.inputs[name].name: value for name, value in inputs.items()}
        fetches = {name: info.name for name, info in signature.outputs.items()}
        try:
            found = self._session.run(fetches, feeds)
        except tf.errors.OpError as error:
            raise StatusError(error.message, status_of(error.error_code)) from error
        except (ValueError, TypeError) as error:
            # Python's session checks the placeholder's shape, which TensorFlow Serving leaves to the graph's operations.
            raise StatusError(str(error)) from error
        return {name: np.asarray(value) for name, value in found.items()}

    def described(self) -> dict[str, Any]:
        """All signatures, as the metadata of a model has them."""
        options = {"preserving_proto_field_name": True, "always_print_fields_with_no_presence": True}
        return {name: json_format.MessageToDict(signature, **options) for name, signature in self._signatures.items()}

    def _signature(self, name: str) -> Any:
        if name not in self._signatures:
            raise StatusError(f'Serving signature name: "{name}" not found in signature def')
        signature = self._signatures[name]
        if not signature.inputs:
            shown = "DEFAULT" if name == DEFAULT_SIGNATURE else name
            raise StatusError(f"Failed to get input map for signature: {shown}")
        return signature
