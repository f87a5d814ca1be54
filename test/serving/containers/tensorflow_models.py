"""Small SavedModels, of every kind of input and output, and MLflow's folders around them."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow.keras
import mlflow.tensorflow
import numpy as np
import tensorflow as tf
import yaml
from mlflow.models import ModelSignature, infer_signature

from worker import PROJECT

SERVING = Path(PROJECT) / "lambda" / "shared" / "flavors" / "serving"


class Scaled(tf.Module):
    """One tensor in, one out."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = tf.Variable([[1.5, 0.1], [2.0, -1.0], [0.3, 7.0]])

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="features")])
    def __call__(self, features: tf.Tensor) -> tf.Tensor:
        return tf.matmul(features, self.weights)


class Pixels(tf.Module):
    """Integers of two dimensions a row, nested answers."""

    @tf.function(input_signature=[tf.TensorSpec([None, 2, 3], tf.int32, name="pixels")])
    def __call__(self, pixels: tf.Tensor) -> tf.Tensor:
        return tf.transpose(tf.cast(pixels, tf.float32) / 3, [0, 2, 1])


class Words(tf.Module):
    """Text in, text out."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
    def __call__(self, words: tf.Tensor) -> tf.Tensor:
        return tf.strings.upper(words)


class Several(tf.Module):
    """Several inputs of several types, and several outputs by name."""

    @tf.function(input_signature=[
        tf.TensorSpec([None], tf.float64, name="price"), tf.TensorSpec([None], tf.int64, name="count"),
        tf.TensorSpec([None], tf.string, name="city"), tf.TensorSpec([None], tf.bool, name="rush"),
    ])
    def __call__(self, price: tf.Tensor, count: tf.Tensor, city: tf.Tensor, rush: tf.Tensor) -> dict[str, tf.Tensor]:
        total = price * tf.cast(count, tf.float64) + tf.where(rush, tf.constant(5.0, tf.float64), 0.5)
        return {"total": total[:, tf.newaxis], "letters": tf.strings.length(city), "name_bytes": city}


def save_module(folder: Path, module: tf.Module, *, inputs: Any = None, outputs: Any = None) -> Path:
    """A module as MLflow saves it."""
    signature = infer_signature(inputs, outputs) if inputs is not None else None
    mlflow.tensorflow.save_model(module, str(folder), signature=signature, pip_requirements=["tensorflow"])
    return folder


def save_estimator(folder: Path, signature: ModelSignature | None) -> Path:
    """A SavedModel in the layout of MLflow 1: another signature than the default, which the MLmodel names."""
    module = Several()
    tf.saved_model.save(module, str(folder / "tfmodel"), signatures={"predict": module.__call__})
    flavors = {
        "python_function": {"env": "conda.yaml", "loader_module": "mlflow.tensorflow", "python_version": "3.7.9"},
        "tensorflow": {"meta_graph_tags": ["serve"], "saved_model_dir": "tfmodel", "signature_def_key": "predict"},
    }
    return write_mlmodel(folder, flavors, signature)


def keras_model(several: bool = False) -> Any:
    """One input, or two inputs by name, of a Keras model."""
    tf.keras.utils.set_random_seed(1)
    if not several:
        return tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(2, activation="sigmoid")])
    wide, deep = tf.keras.Input((2,), name="wide"), tf.keras.Input((2, 2), name="deep")
    flat = tf.keras.layers.Flatten()(deep)
    return tf.keras.Model({"wide": wide, "deep": deep}, tf.keras.layers.Dense(1)(tf.keras.layers.Concatenate()([wide, flat])))


def save_keras(folder: Path, model: Any, signature: ModelSignature | None) -> Path:
    """A Keras model in the layout of MLflow 1 and 2 with TensorFlow below 2.16: `data/model` is a SavedModel.

    The TensorFlow of today does not load it as a Keras model; `as_keras_file` is what MLflow's answers come from.
    """
    model.export(str(folder / "data" / "model"), verbose=False)
    (folder / "data" / "keras_module.txt").write_text("tensorflow.keras")
    (folder / "data" / "save_format.txt").write_text("tf")
    flavors = {
        "python_function": {"data": "data", "loader_module": "mlflow.tensorflow", "python_version": "3.9.18"},
        "tensorflow": {"code": None, "data": "data", "keras_version": "2.15.0", "model_type": "keras", "save_format": "tf"},
    }
    return write_mlmodel(folder, flavors, signature)


def export_keras(folder: Path, model: Any, signature: ModelSignature) -> Path:
    """A Keras 3 model in MLflow's keras flavour, as a SavedModel."""
    options = {"save_exported_model": True, "pip_requirements": ["tensorflow"]}
    mlflow.keras.save_model(model, str(folder), signature=signature, **options)
    return folder


def as_keras_file(folder: Path, model: Any, signature: ModelSignature | None) -> Path:
    """The same model as MLflow saves it today."""
    mlflow.tensorflow.save_model(model, str(folder), pip_requirements=["tensorflow"])
    mlmodel = read_mlmodel(folder)
    return write_mlmodel(folder, mlmodel["flavors"], signature)


def write_mlmodel(folder: Path, flavors: dict[str, Any], signature: ModelSignature | None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    mlmodel: dict[str, Any] = {"artifact_path": "model", "flavors": flavors, "utc_time_created": "2021-05-04 12:00:00"}
    if signature is not None:
        mlmodel["signature"] = signature.to_dict()
    (folder / "MLmodel").write_text(yaml.safe_dump(mlmodel))
    return folder


def read_mlmodel(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "MLmodel").read_text())


def archive_of(folder: Path, saved_model: str) -> dict[str, Any]:
    """The files of an archive for AWS's TensorFlow inference image."""
    mlmodel = read_mlmodel(folder)
    kept = {"signature": mlmodel.get("signature"), "flavors": mlmodel["flavors"]}
    package = SERVING / "_mlflow_mlops"
    modules = {f"code/{package.name}/{path.name}": path for path in [package / "__init__.py", *sorted(package.glob("tfs_*.py"))]}
    return {
        "1": folder / saved_model,
        "code/inference.py": SERVING / "tensorflow_inference.py",
        **modules,
        f"code/{package.name}/mlmodel.json": json.dumps(kept),
    }


def floats(*shape: int) -> np.ndarray:
    """Numbers that are no whole ones, of a shape."""
    return (np.arange(np.prod(shape), dtype="float32").reshape(shape) - 4) / 7
