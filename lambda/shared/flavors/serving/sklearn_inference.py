"""SageMaker's entry point for a model of MLflow's sklearn flavour, in AWS's scikit-learn image."""
from __future__ import annotations

import pickle
from typing import Any

from _mlflow_mlops.model import ModelFolder
from _mlflow_mlops.params import params_schema
from _mlflow_mlops.serving import ServedModel, respond

# What `pyfunc_predict_fn` may name; MLflow's own loader knows no others.
PREDICT_METHODS = ("predict", "predict_proba", "predict_log_proba", "predict_joint_log_proba", "score")


def load(folder: ModelFolder) -> Any:
    """The estimator, by the serialization that the MLmodel names. Before MLflow named one, it was pickle."""
    flavor = folder.flavor("sklearn")
    folder.add_code(flavor)
    path = folder.file(flavor["pickled_model"])
    serialization = flavor.get("serialization_format") or "pickle"
    if serialization == "skops":
        return load_skops(path, flavor.get("skops_trusted_types"))
    if serialization == "cloudpickle":
        import cloudpickle as pickler
    elif serialization == "pickle":
        pickler = pickle
    else:
        raise ValueError(f"Unknown serialization_format '{serialization}': expected skops, cloudpickle or pickle.")
    with open(path, "rb") as stream:
        return pickler.load(stream)


def load_skops(path: str, trusted: list[str] | None) -> Any:
    """A skops file, with only those types trusted that were named when the model was logged."""
    import skops.io

    untrusted = sorted(set(skops.io.get_untrusted_types(file=path)) - set(trusted or []))
    if untrusted:
        raise ValueError(
            f"The model holds types that skops does not trust: {untrusted}. If they are safe to load, log the model "
            "again with skops_trusted_types naming them."
        )
    return skops.io.load(path, trusted=trusted)


def model_fn(model_dir: str) -> ServedModel:
    """The model of an unpacked archive, ready to predict."""
    folder = ModelFolder(model_dir)
    estimator = load(folder)
    method = folder.flavor("python_function").get("predict_fn") or "predict"
    if method not in PREDICT_METHODS or not hasattr(estimator, method):
        raise ValueError(f"The MLmodel asks for predict_fn '{method}', which {type(estimator).__name__} does not have.")
    predict = getattr(estimator, method)
    # MLflow's wrapper gives an estimator the data alone, whatever params the request brings.
    return ServedModel(lambda data, _: predict(data), folder.signature, params_schema(folder.mlmodel))


def transform_fn(model: ServedModel, body: str | bytes, content_type: str, accept: str) -> Any:
    """Answer one request. The answer is JSON whatever is accepted, as it is from MLflow's scoring server."""
    return respond(model, body, content_type)
