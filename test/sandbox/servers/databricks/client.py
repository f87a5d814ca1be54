"""What a user does with the stock clients against the workspace of MLFLOW_TRACKING_URI; prints one JSON document.

    python client.py train      log, register, promote and load models with mlflow alone
    python client.py workspace  webhooks with databricks-sdk, downloads with mlflow's client of Databricks registries
"""
from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.databricks_models_artifact_repo import DatabricksModelsArtifactRepository
from sklearn.linear_model import LinearRegression

NUMBERS = np.array([[0.0], [1.0], [2.0]])


def log_version(name: str) -> str:
    estimator = LinearRegression().fit(NUMBERS, NUMBERS[:, 0])
    info = mlflow.sklearn.log_model(
        estimator, name="model", registered_model_name=name, pip_requirements=["scikit-learn"], input_example=NUMBERS
    )
    return str(info.registered_model_version)


def train() -> Any:
    client = MlflowClient()
    with mlflow.start_run() as run:
        first = log_version("house prices")
        second = log_version("house prices")
        # As MLflow 2 stored models: as files of their run.
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "old")
            mlflow.sklearn.save_model(LinearRegression().fit(NUMBERS, NUMBERS[:, 0]), path, pip_requirements=["numpy"])
            mlflow.log_artifacts(path, "old")
    client.create_model_version("house prices", f"runs:/{run.info.run_id}/old", run.info.run_id)
    client.set_model_version_tag("house prices", second, "checked", "yes")
    client.transition_model_version_stage("house prices", first, "Production")
    client.transition_model_version_stage("house prices", second, "Production", archive_existing_versions=True)
    client.set_registered_model_alias("house prices", "champion", second)
    by_alias = mlflow.pyfunc.load_model("models:/house prices@champion").predict(NUMBERS)
    by_stage = mlflow.sklearn.load_model("models:/house prices/Production").predict(NUMBERS)
    missing = ""
    try:
        client.get_registered_model("nothing")
    except MlflowException as error:
        missing = error.error_code
    return {
        "predictions": [np.round(by_alias, 6).tolist(), np.round(by_stage, 6).tolist()],
        "stages": {v.version: v.current_stage for v in client.search_model_versions("name='house prices'")},
        "missing": missing,
    }


def download(version: str) -> dict[str, int]:
    """Sizes of a version's files, downloaded through signed URLs."""
    repository = DatabricksModelsArtifactRepository(f"models:/house prices/{version}", registry_uri="databricks")
    folder = repository.download_artifacts("")
    sizes = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            sizes[os.path.relpath(path, folder)] = os.path.getsize(path)
    mlflow.sklearn.load_model(folder)
    return sizes


def workspace() -> Any:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.errors import InvalidParameterValue, NotFound
    from databricks.sdk.service.ml import HttpUrlSpec, RegistryWebhookEvent, RegistryWebhookStatus

    registry = WorkspaceClient(
        host=os.environ["DATABRICKS_HOST"], token=os.environ["DATABRICKS_TOKEN"]
    ).model_registry
    stage, tag = RegistryWebhookEvent.MODEL_VERSION_TRANSITIONED_STAGE, RegistryWebhookEvent.MODEL_VERSION_TAG_SET
    spec = HttpUrlSpec(url=os.environ["HOOK"], secret="s")
    created = registry.create_webhook([stage], http_url_spec=spec, model_name="house prices").webhook
    registry.create_webhook([tag], http_url_spec=spec, model_name="house prices", status=RegistryWebhookStatus.TEST_MODE)
    errors = []
    for model, events, expected in [("nothing", [stage], NotFound), ("house prices", [], InvalidParameterValue)]:
        try:
            registry.create_webhook(events, http_url_spec=spec, model_name=model)
        except expected as error:
            errors.append(type(error).__name__)
    updated = registry.update_webhook(created.id, status=RegistryWebhookStatus.TEST_MODE).webhook
    tested = registry.test_registry_webhook(created.id, event=stage)
    listed = [hook.id for hook in registry.list_webhooks(events=[stage], max_results=1)]
    pages = len(list(registry.list_webhooks(max_results=1)))
    registry.delete_webhook(created.id)
    return {
        "created": created.as_dict(),
        "updated": updated.status.value,
        "tested": tested.as_dict(),
        "listed": listed == [created.id],
        "pages": pages,
        "left": len(list(registry.list_webhooks())),
        "errors": errors,
        "downloads": {version: download(version) for version in ("2", "3")},
    }


if __name__ == "__main__":
    document = {"train": train, "workspace": workspace}[sys.argv[1]]()
    print(json.dumps(document))
