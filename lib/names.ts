/** Names that users, other stacks and other systems see. Changing one is a breaking change. */

/** SSM parameter: name of the user's secret with the registry's credentials. */
export const SECRET_NAME_PARAMETER = '/mlflow-mlops/secret_name';
/** SSM parameter: name of the bucket with the repacked archives. */
export const ARTIFACT_BUCKET_PARAMETER = '/mlflow-mlops/mlflow-artifact-bucket';
/** SSM parameter: service token of the custom resource that enrols a model. */
export const CREATE_WEBHOOK_LAMBDA_PARAMETER = '/mlflow-mlops/create_webhook_lambda_arn';
/** SSM parameter that people may set: another address for webhooks, for example of a proxy before the API. */
export const WEBHOOK_URL_PARAMETER = '/mlflow-mlops/webhook_url';
/** SSM parameters that people may set: an image of their own in place of AWS's, by flavour. */
export const IMAGE_URI_PARAMETERS = '/mlflow-mlops/*_image_uri';
/** The secret that senders of webhooks sign with. */
export const WEBHOOK_SECRET = 'mlflow-mlops/webhook_shared_secret';
/** The pipeline that deploys this project. */
export const PIPELINE_NAME = 'MLflow-MLOps';
/** Service Catalog: the portfolio, its provider and the product's owner, the product. */
export const PORTFOLIO_NAME = 'MLflow-MLOps';
export const PROVIDER_NAME = 'MLOpsAdmin';
export const PRODUCT_NAME = 'Deploy-MLflow-model';
/** The ECR repository of environment images, and the CodeBuild project that builds them. */
export const ENVIRONMENT_IMAGES = 'mlflow-mlops-environments';
/** The queue of ended builds that could not be acted upon. */
export const ENDED_BUILDS_QUEUE = 'mlflow-mlops-ended-builds-dead-letters';
/** The dashboard in CloudWatch. */
export const DASHBOARD_NAME = 'MLflow-MLOps';
/** What the names of the alarms begin with: they are the subjects of the mails. */
export const ALARM_NAMES = 'mlflow-mlops-';
/** What is written down of pipelines that failed. */
export const PIPELINE_FAILURES_LOG_GROUP = '/aws/events/mlflow-mlops-pipeline-failures';

/** Managed policy: what people need who provision the product. Names in IAM are unique in an account, so it contains the region. */
export function endUserPolicyName(region: string): string {
  return `mlflow-mlops-end-user-${region}`;
}
