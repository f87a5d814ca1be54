"""The module that AWS's scikit-learn and XGBoost images serve with, which is not on PyPI: SAGEMAKER_SERVING_MODULE names it.

It ties the functions of the user's script to AWS's own toolkit (PyPI sagemaker-containers), as the images of the present table do.
"""

import importlib

from sagemaker_containers.beta.framework import encoders, env, modules, transformer, worker

app = None


def predict(data, model):
    return model.predict(data)


def output(prediction, accept):
    return worker.Response(response=encoders.encode(prediction, accept), mimetype=accept)


def made(script):
    """The toolkit's transformer of a script's functions: one transform_fn, or the three of which each has a default."""
    functions = {name: getattr(script, name) for name in ("model_fn", "transform_fn") if hasattr(script, name)}
    if "transform_fn" not in functions:
        functions["input_fn"] = getattr(script, "input_fn", None)
        functions["predict_fn"] = getattr(script, "predict_fn", predict)
        functions["output_fn"] = getattr(script, "output_fn", output)
    return transformer.Transformer(**functions)


def main(environ, start_response):
    """The WSGI application. The first request of a worker loads the model and waits for it."""
    global app
    if app is None:
        serving = env.ServingEnv()
        try:
            # The server's first process has installed it.
            script = importlib.import_module(serving.module_name)
        except ImportError:
            script = modules.import_module(serving.module_dir, serving.module_name)
        found = made(script)
        found.initialize()
        app = worker.Worker(transform_fn=found.transform, module_name=serving.module_name)
    return app(environ, start_response)
