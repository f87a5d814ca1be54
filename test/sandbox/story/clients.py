"""The whole way with the public clients `mlflow` and `boto3` as they come, told of the sandbox by environment variables only.

    python clients.py <registered model name> {stage|alias}

Logs and registers a model outside of any run, enrols it with CloudFormation, promotes it, waits for its package, makes an endpoint of it, asks
that, and prints one JSON document.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import boto3
import mlflow
import numpy as np
from sklearn.linear_model import LinearRegression

name, promotion = sys.argv[1:]
role = f"arn:aws:iam::{os.environ['AWS_ACCESS_KEY_ID']}:role/endpoints"
numbers = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0]])
registry = mlflow.MlflowClient()
sagemaker = boto3.client("sagemaker")


def log_model() -> str:
    model = LinearRegression().fit(numbers, numbers @ [3, 4])
    info = mlflow.sklearn.log_model(
        model, name="model", registered_model_name=name, input_example=numbers, pip_requirements=["scikit-learn"]
    )
    return str(info.registered_model_version)


def enrol() -> str:
    token = boto3.client("ssm").get_parameter(Name="/mlflow-mlops/create_webhook_lambda_arn")["Parameter"]["Value"]
    enrolment = {
        "Type": "AWS::CloudFormation::CustomResource",
        "Properties": {"ServiceToken": token, "ModelName": name},
    }
    group = {"Value": {"Fn::GetAtt": ["Enrolment", "GroupName"]}}
    template = {"Resources": {"Enrolment": enrolment}, "Outputs": {"Group": group}}
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName=f"clients-{name}", TemplateBody=json.dumps(template))
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=f"clients-{name}", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    stack = cloudformation.describe_stacks(StackName=f"clients-{name}")["Stacks"][0]
    return str(stack["Outputs"][0]["OutputValue"])


def promote(version: str) -> str:
    if promotion == "alias":
        registry.set_registered_model_alias(name, "production", version)
        return f"models:/{name}@production"
    registry.transition_model_version_stage(name, version, "Production")
    return f"models:/{name}/Production"


def package_of(group: str) -> dict[str, Any]:
    pages = sagemaker.get_paginator("list_model_packages")
    for _ in range(240):
        try:
            arns = [one["ModelPackageArn"] for page in pages.paginate(ModelPackageGroupName=group) for one in page["ModelPackageSummaryList"]]
        except sagemaker.exceptions.ClientError:
            arns = []
        if arns:
            return dict(sagemaker.describe_model_package(ModelPackageName=arns[0]))
        time.sleep(0.25)
    raise TimeoutError(f"no package in {group}")


def serve(group: str, arn: str) -> Any:
    sagemaker.create_model(ModelName=group, ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": arn})
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": group,
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
    }
    sagemaker.create_endpoint_config(EndpointConfigName=group, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=group, EndpointConfigName=group)
    waiter = sagemaker.get_waiter("endpoint_in_service")
    waiter.wait(EndpointName=group, WaiterConfig={"Delay": 1, "MaxAttempts": 90})
    answer = boto3.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=group, ContentType="application/json", Body=json.dumps({"inputs": numbers.tolist()})
    )
    predictions = json.loads(answer["Body"].read())["predictions"]
    sagemaker.delete_endpoint(EndpointName=group)
    return predictions


version = log_model()
group = enrol()
uri = promote(version)
package = package_of(group)
print(
    json.dumps(
        {
            "group": group,
            "version": version,
            "metadata": package["CustomerMetadataProperties"],
            "approval": package["ModelApprovalStatus"],
            "endpoint": serve(group, package["ModelPackageArn"]),
            "mlflow": mlflow.pyfunc.load_model(uri).predict(numbers).tolist(),
        }
    )
)
