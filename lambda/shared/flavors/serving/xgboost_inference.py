"""SageMaker's entry point for a model of MLflow's xgboost flavour, in AWS's XGBoost image."""
from __future__ import annotations

import inspect
from typing import Any, Callable

import xgboost

from _mlflow_mlops.model import ModelFolder
from _mlflow_mlops.params import params_schema
from _mlflow_mlops.serving import ServedModel, respond

BOOSTER = "xgboost.core.Booster"


def model_class(name: str) -> type:
    """The class that an MLmodel names: the Booster or one of XGBoost's scikit-learn classes, and nothing else."""
    if name == BOOSTER:
        return xgboost.Booster
    module, _, attribute = name.rpartition(".")
    found = getattr(xgboost, attribute, None) if module == "xgboost.sklearn" else None
    if not (isinstance(found, type) and issubclass(found, xgboost.XGBModel)):
        raise ValueError(f"Unknown model_class '{name}': expected {BOOSTER} or xgboost.sklearn.XGB*.")
    return found


def load(folder: ModelFolder) -> Any:
    """The booster or estimator; XGBoost tells ubj from json by the file's name."""
    flavor = folder.flavor("xgboost")
    folder.add_code(flavor)
    model = model_class(flavor.get("model_class") or BOOSTER)()
    # Early MLflow kept the file's name in the python_function flavour only.
    model.load_model(folder.file(flavor.get("data") or folder.flavor("python_function")["data"]))
    return model


def accepted(function: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any]:
    """The params that a predict method takes; MLflow leaves out the others."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in params.items() if name in known}


def predict_with(model: Any) -> Callable[[Any, dict[str, Any]], Any]:
    """How a model predicts: a Booster takes a DMatrix; both check that the feature names are those of the training."""

    def predict(data: Any, params: dict[str, Any]) -> Any:
        matrix = xgboost.DMatrix(data) if isinstance(model, xgboost.Booster) else data
        return model.predict(matrix, **{"validate_features": True, **accepted(model.predict, params)})

    return predict


def model_fn(model_dir: str) -> ServedModel:
    """The model of an unpacked archive, ready to predict."""
    folder = ModelFolder(model_dir)
    return ServedModel(predict_with(load(folder)), folder.signature, params_schema(folder.mlmodel))


def transform_fn(model: ServedModel, body: str | bytes, content_type: str, accept: str) -> Any:
    """Answer one request. The answer is JSON whatever is accepted, as it is from MLflow's scoring server."""
    return respond(model, body, content_type)
