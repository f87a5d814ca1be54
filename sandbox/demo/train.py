"""Trains a small real model, logs it with MLflow, registers it, and prints what MLflow itself predicts with it.

Usage: python train.py {sklearn|xgboost|lightgbm|pyfunc|tensorflow|keras} <registered model name> [<seed>]
The registry is the one of MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN. The last line of the output is JSON:
{"version", "request", "predictions"}, where `request` is a body for an endpoint and `predictions` what it should answer.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from mlflow.pyfunc import PythonModel
from sklearn.datasets import load_iris

# A library is imported by the function of its kind only: TensorFlow alone takes five seconds.
Trained = tuple[Any, Callable[..., Any], dict[str, Any]]


def sklearn(features: pd.DataFrame, target: pd.Series, seed: int) -> Trained:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), Ridge(alpha=1.0 + seed)).fit(features, target)
    return model, mlflow.sklearn.log_model, {}


def xgboost(features: pd.DataFrame, target: pd.Series, seed: int) -> Trained:
    from xgboost import XGBRegressor

    return XGBRegressor(n_estimators=20, max_depth=3, random_state=seed).fit(features, target), mlflow.xgboost.log_model, {}


def lightgbm(features: pd.DataFrame, target: pd.Series, seed: int) -> Trained:
    from lightgbm import LGBMRegressor

    model = LGBMRegressor(n_estimators=20, random_state=seed, verbose=-1).fit(features, target)
    return model, mlflow.lightgbm.log_model, {}


class Linear(PythonModel):
    """A model of one's own, which no library of MLflow's flavours knows."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = weights

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> np.ndarray:
        return with_one(model_input) @ self.weights


def with_one(features: pd.DataFrame) -> np.ndarray:
    """The features and a column of ones, whose weight is the constant."""
    return np.column_stack([features, np.ones(len(features))])


def weights_of(features: pd.DataFrame, target: pd.Series, seed: int) -> np.ndarray:
    """Least squares; the seed makes the models of two versions differ."""
    return np.linalg.lstsq(with_one(features), target, rcond=None)[0] + seed / 100


def pyfunc(features: pd.DataFrame, target: pd.Series, seed: int) -> Trained:
    def log_model(python_model: PythonModel, **options: Any) -> Any:
        return mlflow.pyfunc.log_model(python_model=python_model, **options)

    return Linear(weights_of(features, target, seed)), log_model, {"pip_requirements": pinned("mlflow", "numpy", "pandas")}


def tensorflow(features: pd.DataFrame, target: pd.Series, seed: int) -> Trained:
    """A SavedModel."""
    import tensorflow as tf

    *slope, constant = weights_of(features, target, seed)

    class Regression(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.slope = tf.Variable(slope, dtype=tf.float32)

        @tf.function(input_signature=[tf.TensorSpec([None, len(slope)], tf.float32, name="features")])
        def __call__(self, features: tf.Tensor) -> tf.Tensor:
            return tf.linalg.matvec(features, self.slope) + tf.constant(constant, tf.float32)

    return Regression(), mlflow.tensorflow.log_model, {"pip_requirements": [*pinned("mlflow"), f"tensorflow=={tf.__version__}"]}


def keras(features: pd.DataFrame, target: pd.Series, seed: int) -> Trained:
    """A file of Keras 3, `data/model.keras`: no SavedModel."""
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    layers = [tf.keras.Input((features.shape[1],)), tf.keras.layers.Dense(1), tf.keras.layers.Reshape(())]
    model = tf.keras.Sequential(layers)
    model.compile(optimizer="sgd", loss="mse")
    model.fit(features.to_numpy("float32"), target.to_numpy("float32"), epochs=2, verbose=0)
    requirements = [*pinned("mlflow", "keras"), f"tensorflow=={tf.__version__}"]
    return model, mlflow.tensorflow.log_model, {"pip_requirements": requirements}


def pinned(*names: str) -> list[str]:
    """Requirements as installed. MLflow would find them by loading the model once more, which takes as long as training."""
    from importlib.metadata import version

    return [f"{name}=={version(name)}" for name in names]


KINDS = {kind.__name__: kind for kind in (sklearn, xgboost, lightgbm, pyfunc, tensorflow, keras)}
# Models of tensors: MLflow wants a signature without names of columns.
OF_TENSORS = ("tensorflow", "keras")


def main(kind: str, name: str, seed: int) -> None:
    """Trains, logs, registers and predicts."""
    if kind not in KINDS:
        sys.exit(f"unknown kind {kind!r}: expected {', '.join(KINDS)}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    data = load_iris(as_frame=True)
    features = data.data.rename(columns=lambda column: column.replace(" (cm)", "").replace(" ", "_"))
    features, target = features.iloc[:, :3], data.data.iloc[:, 3]
    model, log_model, options = KINDS[kind](features, target, seed)
    inputs = features.to_numpy("float32") if kind in OF_TENSORS else features
    with mlflow.start_run():
        signature = infer_signature(inputs, target.to_numpy("float32" if kind in OF_TENSORS else None))
        info = log_model(model, name="model", registered_model_name=name, signature=signature, **options)
    sample = features.sample(8, random_state=seed)
    asked = sample.to_numpy("float32") if kind in OF_TENSORS else sample
    expected = np.asarray(mlflow.pyfunc.load_model(info.model_uri).predict(asked))
    print(
        json.dumps(
            {
                "version": str(info.registered_model_version),
                "request": {"dataframe_split": sample.to_dict(orient="split")},
                "predictions": expected.tolist(),
            }
        )
    )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
