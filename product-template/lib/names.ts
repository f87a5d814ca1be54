/**
 * Names that the model's pipeline shares with the rest of MLflow-MLOps, which imports them from here: this folder is whole in
 * itself. Changing one is a breaking change for the products that are provisioned.
 */

/** SSM parameter: service token of the custom resource that enrols a model and names what belongs to it. */
export const CREATE_WEBHOOK_LAMBDA_PARAMETER = '/mlflow-mlops/create_webhook_lambda_arn';
/** SSM parameter: the function that starts a model's pipeline when its deployable set changed. */
export const START_PIPELINE_LAMBDA_PARAMETER = '/mlflow-mlops/start_pipeline_lambda_arn';
/** SSM parameter: the queue that takes the events which could not be delivered to that function. */
export const START_PIPELINE_QUEUE_PARAMETER = '/mlflow-mlops/start_pipeline_dead_letter_queue_arn';
/** SSM parameter: service token of the custom resource that cleans up behind a model's pipeline. */
export const TERMINATE_LAMBDA_PARAMETER = '/mlflow-mlops/terminate_deployment_lambda_arn';

/** The event of a finished sync. */
export const SYNC_EVENT_SOURCE = 'mlflow-mlops';
export const SYNC_EVENT_DETAIL_TYPE = 'MLflow Model Sync Completed';

/** Managed policy: the boundary of every role that a model's pipeline stack makes. */
export const PERMISSIONS_BOUNDARY = 'mlflow-mlops-model-pipeline-boundary';

/** The repository's branch that is deployed. */
export const BRANCH = 'main';
