"""Trains a small real model, logs it with MLflow, registers it, and prints what MLflow itself predicts with it.

Usage: python train.py {sklearn|xgboost} <registered model name> [<seed>]
The registry is the one of MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN. The last line of the output is JSON:
{"version", "request", "predictions"}, where `request` is a body for an endpoint and `predictions` what it should answer.
"""

from __future__ import annotations

import json
import sys

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from sklearn.datasets import load_iris


def train(kind: str, features: pd.DataFrame, target: pd.Series, seed: int):
    """A fitted model of the kind, and MLflow's module that logs it."""
    if kind == "sklearn":
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        return make_pipeline(StandardScaler(), Ridge(alpha=1.0 + seed)).fit(features, target), mlflow.sklearn
    if kind == "xgboost":
        from xgboost import XGBRegressor

        return XGBRegressor(n_estimators=20, max_depth=3, random_state=seed).fit(features, target), mlflow.xgboost
    sys.exit(f"unknown kind {kind!r}: expected sklearn or xgboost")


def main(kind: str, name: str, seed: int) -> None:
    """Trains, logs, registers and predicts."""
    data = load_iris(as_frame=True)
    features = data.data.rename(columns=lambda column: column.replace(" (cm)", "").replace(" ", "_"))
    features, target = features.iloc[:, :3], data.data.iloc[:, 3]
    model, flavor = train(kind, features, target, seed)
    sample = features.sample(8, random_state=seed)
    with mlflow.start_run():
        info = flavor.log_model(
            model,
            name="model",
            registered_model_name=name,
            signature=infer_signature(features, model.predict(features)),
        )
    expected = np.asarray(mlflow.pyfunc.load_model(info.model_uri).predict(sample))
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
