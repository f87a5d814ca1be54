"""Trains models as people log them, in the environment that this Python is of: `python train.py FOLDER KIND...`.

Each model is a folder below FOLDER, in MLflow's format. The last line on stdout is JSON: by kind the requests for it, with what
`mlflow.pyfunc` answers here (null where it raises), or why the kind cannot be made. The same table as CSV has an answer of its own: a
missing text is NaN there, and None in JSON.
"""

import io
import json
import os
import sys
from importlib.metadata import PackageNotFoundError, version

import mlflow
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

NUMBERS = ["age", "income"]
CITIES = ["Bern", "Basel", "Chur"]
MLFLOW_1 = mlflow.__version__.startswith("1.")


def table(rows=120):
    random = np.random.RandomState(0)
    return pd.DataFrame({"age": random.uniform(18, 80, rows), "income": random.uniform(1, 9, rows), "city": random.choice(CITIES, rows)})


def with_nulls(data):
    """Training data as it comes from a database: a null in each column."""
    data = data.copy()
    for position, column in enumerate(data.columns):
        data.loc[data.index[position :: 17], column] = None
    return data


def target(data):
    return data["age"] / 10 + data["income"] * 2


def columns(*transformers):
    return make_pipeline(ColumnTransformer(list(transformers)), Ridge())


def impute(*steps):
    return make_pipeline(*steps)


def sklearn_model(kind):
    """An estimator, its columns, and whether it takes nulls."""
    if kind == "linear":
        return make_pipeline(StandardScaler(), Ridge()), NUMBERS, False
    if kind == "classifier":
        return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)), NUMBERS, False
    if kind == "trees":
        return RandomForestClassifier(10, random_state=0), NUMBERS, False
    if kind == "boosting":
        return GradientBoostingRegressor(n_estimators=10, random_state=0), NUMBERS, False
    if kind == "hist-boosting":
        return HistGradientBoostingRegressor(max_iter=10), NUMBERS, True
    if kind == "one-hot":
        return columns(("n", SimpleImputer(), NUMBERS), ("c", OneHotEncoder(handle_unknown="ignore"), ["city"])), [*NUMBERS, "city"], True
    if kind == "ordinal":
        encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        constant = SimpleImputer(strategy="constant", fill_value=0)
        return columns(("n", impute(constant, StandardScaler()), NUMBERS), ("c", encoder, ["city"])), [*NUMBERS, "city"], True
    if kind == "remainder":
        made = ColumnTransformer([("c", OneHotEncoder(handle_unknown="ignore"), ["city"])], remainder="passthrough")
        return make_pipeline(made, Ridge()), ["age", "city"], False
    if kind == "text":
        return columns(("t", TfidfVectorizer(), "city")), ["city"], False
    if kind == "lambda":
        return make_pipeline(FunctionTransformer(lambda data: np.asarray(data, dtype=float) / 2), Ridge()), NUMBERS, False
    raise KeyError(kind)


def own_module(folder):
    """A transformer in a module that a person keeps beside the training script, and that imports mlflow as many do."""
    file = os.path.join(folder, "inference.py")
    with open(file, "w") as opened:
        opened.write(
            "import mlflow\nfrom sklearn.base import BaseEstimator, TransformerMixin\n\n"
            "class Half(BaseEstimator, TransformerMixin):\n"
            "    def fit(self, X, y=None):\n        self.fitted_ = True\n        return self\n"
            "    def transform(self, X):\n        return X / 2\n"
        )
    sys.path.insert(0, folder)
    import inference

    return file, inference.Half()


def pins(*names):
    found = []
    for name in ("mlflow", "numpy", "pandas", "scipy", "scikit-learn", *names):
        try:
            found.append("{}=={}".format(name, version(name)))
        except PackageNotFoundError:
            pass
    return found


def signature_of(data, answers):
    from mlflow.models.signature import infer_signature

    return infer_signature(data, answers)


def save_sklearn(kind, path, work):
    extra = {}
    if kind == "own-module":
        file, transformer = own_module(work)
        extra["code_paths"] = [file]
        model, used, nulls = make_pipeline(transformer, Ridge()), NUMBERS, False
    else:
        model, used, nulls = sklearn_model(kind)
    data = table()[used]
    trained = with_nulls(data) if nulls else data
    goal = (target(table()) > 15).astype(int) if kind in ("classifier", "trees") else target(table())
    model.fit(trained, goal)
    plain = {"serialization_format": "pickle"} if kind not in ("lambda", "own-module") else {"serialization_format": "cloudpickle"}
    needed = pins() if plain["serialization_format"] == "pickle" else pins("cloudpickle")
    mlflow.sklearn.save_model(model, path, signature=signature_of(trained, model.predict(trained)), pip_requirements=needed, **plain, **extra)
    return data.head(6), nulls


def save_default(path):
    """As people who set nothing: MLflow's own format, signature and requirements."""
    model, used, _ = sklearn_model("linear")
    data = table()[used]
    mlflow.sklearn.save_model(model.fit(data, target(table())), path)
    return data.head(6), False


def save_lightgbm(path):
    import lightgbm
    import mlflow.lightgbm

    data = table()[NUMBERS]
    model = lightgbm.LGBMRegressor(n_estimators=10, min_child_samples=2, verbose=-1).fit(data, target(table()))
    mlflow.lightgbm.save_model(model, path, signature=signature_of(data, model.predict(data)), pip_requirements=pins("lightgbm", "cloudpickle"))
    return data.head(6), True


def save_onnx(path):
    import mlflow.onnx
    from onnx import TensorProto, helper

    weights = helper.make_tensor("w", TensorProto.FLOAT, [2, 1], [2.0, -0.5])
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "line",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    mlflow.onnx.save_model(model, path, pip_requirements=pins("onnx", "onnxruntime"))
    return table()[NUMBERS].head(6).astype("float32"), False


def save_pyfunc(path):
    class Doubled(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return (model_input["age"] * 2).tolist()

    data = table()[NUMBERS]
    mlflow.pyfunc.save_model(path, python_model=Doubled(), signature=signature_of(data, np.ones(3)), pip_requirements=pins("cloudpickle"))
    return data.head(6), True


def save_xgboost(kind, path):
    import mlflow.xgboost
    import xgboost

    data = table()[NUMBERS]
    file_format = "ubj" if kind == "xgboost-ubj" else "json"
    if kind in ("xgboost-json", "xgboost-ubj"):
        model = xgboost.train({"max_depth": 3, "nthread": 1}, xgboost.DMatrix(data, label=target(table())), num_boost_round=10)
        answers = model.predict(xgboost.DMatrix(data))
    elif kind == "xgboost-classes":
        model = xgboost.XGBClassifier(n_estimators=10, n_jobs=1).fit(data, pd.cut(target(table()), 3, labels=False))
        answers = model.predict(data)
    elif kind == "xgboost-categorical":
        data = table()[["age", "city"]].astype({"city": "category"})
        model = xgboost.XGBRegressor(n_estimators=10, n_jobs=1, enable_categorical=True, tree_method="hist").fit(data, target(table()))
        answers = model.predict(data)
    else:
        model = xgboost.XGBRegressor(n_estimators=10, n_jobs=1).fit(data, target(table()))
        answers = model.predict(data)
    signature = None if kind == "xgboost-categorical" else signature_of(data, answers)
    mlflow.xgboost.save_model(model, path, signature=signature, model_format=file_format, pip_requirements=pins("xgboost"))
    return data.head(6), kind != "xgboost-categorical"


def save_tensorflow(path):
    import mlflow.tensorflow
    import tensorflow

    class Line(tensorflow.Module):
        def __init__(self):
            super().__init__()
            self.weights = tensorflow.Variable([[2.0], [-0.5]])

        @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2], tensorflow.float32)])
        def __call__(self, rows):
            return tensorflow.matmul(rows, self.weights)

    rows = table()[NUMBERS].head(6).to_numpy(dtype="float32")
    requirements = [*pins(), "tensorflow=={}".format(tensorflow.__version__)]
    mlflow.tensorflow.save_model(Line(), path, signature=signature_of(rows, rows[:, :1]), pip_requirements=requirements)
    return rows, False


def save(kind, path, work):
    if kind == "tensorflow":
        return save_tensorflow(path)
    if kind == "default":
        return save_default(path)
    if kind == "lightgbm":
        return save_lightgbm(path)
    if kind == "onnx":
        return save_onnx(path)
    if kind == "pyfunc":
        return save_pyfunc(path)
    if kind.startswith("xgboost"):
        return save_xgboost(kind, path)
    return save_sklearn(kind, path, work)


def numbers(value):
    """The numbers of an answer in their order, whatever holds them; None for one that JSON has not."""
    if isinstance(value, pd.DataFrame):
        value = value.to_numpy()
    if isinstance(value, dict):
        value = list(value.values())
    return [number if np.isfinite(number) else None for number in np.asarray(value, dtype=float).ravel().tolist()]


def request_of(data, nulls):
    """A body of MLflow's protocol, and its table or tensor as MLflow reads it."""
    if isinstance(data, np.ndarray):
        return {"inputs": data.tolist()}, data
    data = data.astype({name: object for name in data.columns if str(data[name].dtype) == "category"})
    if nulls:
        data = with_nulls(data.reset_index(drop=True))
    split = json.loads(data.to_json(orient="split", double_precision=15))
    body = {"columns": split["columns"], "data": split["data"]}
    return body if MLFLOW_1 else {"dataframe_split": body}, pd.DataFrame(body["data"], columns=body["columns"])


def answer_of(model, rows):
    try:
        return numbers(model.predict(rows))
    except Exception as error:  # noqa: BLE001 - then the endpoint must not answer either
        print("{}: {}".format(type(error).__name__, error), file=sys.stderr)
        return None


def as_csv(model, rows):
    if not isinstance(rows, pd.DataFrame):
        return {}
    text = rows.to_csv(index=False)
    return {"csv": {"body": text, "expected": answer_of(model, pd.read_csv(io.StringIO(text)))}}


def main():
    work, kinds = sys.argv[1], sys.argv[2:]
    os.chdir(work)
    results = {}
    for kind in kinds:
        path = os.path.join(work, kind)
        try:
            data, nulls = save(kind, path, work)
        except ImportError as error:
            results[kind] = {"missing": str(error)}
            continue
        except Exception as error:  # noqa: BLE001 - the test shows it by kind
            results[kind] = {"missing": "{}: {}".format(type(error).__name__, error)}
            continue
        model = mlflow.pyfunc.load_model(path)
        requests = [request_of(data, False)] + ([request_of(data, True)] if nulls else [])
        results[kind] = {"requests": [{"body": body, "expected": answer_of(model, rows), **as_csv(model, rows)} for body, rows in requests]}
    print(json.dumps(results))


main()
