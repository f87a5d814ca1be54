"""Uses SageMaker's stand-in as a Python user does: registers, approves, deploys and invokes a model with boto3."""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, image, url, script_env = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
options = {
    "endpoint_url": endpoint,
    "region_name": "us-east-1",
    "aws_access_key_id": "111122223333",
    "aws_secret_access_key": "test",
    # The client's own checks are off, so that the server's are seen.
    "config": Config(parameter_validation=False, retries={"max_attempts": 0}),
}
sagemaker = boto3.client("sagemaker", **options)
runtime = boto3.client("sagemaker-runtime", **options)


def error_of(call, **arguments):
    """The code and message that a call is refused with."""
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
    return None


sagemaker.create_model_package_group(ModelPackageGroupName="boto3")
container = {"Image": image, "ModelDataUrl": url, "Environment": script_env}
arn = sagemaker.create_model_package(
    ModelPackageGroupName="boto3",
    InferenceSpecification={"Containers": [container]},
    CustomerMetadataProperties={"mlflow_name": "wein"},
)["ModelPackageArn"]
sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
sagemaker.create_model(ModelName="boto3", PrimaryContainer={"ModelPackageName": arn})
sagemaker.create_endpoint_config(
    EndpointConfigName="boto3",
    ProductionVariants=[
        {"VariantName": "AllTraffic", "ModelName": "boto3", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    ],
)
sagemaker.create_endpoint(EndpointName="boto3", EndpointConfigName="boto3")
while sagemaker.describe_endpoint(EndpointName="boto3")["EndpointStatus"] == "Creating":
    time.sleep(0.1)
answer = runtime.invoke_endpoint(
    EndpointName="boto3", ContentType="text/csv", Accept="application/json", Body=b"1,2\n3,4\n"
)
pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName="boto3")
print(
    json.dumps(
        {
            "endpoint": sagemaker.describe_endpoint(EndpointName="boto3").get("FailureReason", "InService"),
            "prediction": json.loads(answer["Body"].read()),
            "listed": [each["ModelPackageArn"] for page in pages for each in page["ModelPackageSummaryList"]],
            "created": str(type(sagemaker.describe_model_package(ModelPackageName=arn)["CreationTime"]).__name__),
            "wrong_type": error_of(sagemaker.create_model_package_group, ModelPackageGroupName=5),
            "nothing": error_of(sagemaker.create_model_package_group),
            "not_here": error_of(sagemaker.list_training_jobs),
            "invoke_missing": error_of(runtime.invoke_endpoint, EndpointName="none", Body=b""),
        }
    )
)
