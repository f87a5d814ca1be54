/**
 * Names that the model's pipeline shares with the rest of MLflow-MLOps, which imports them from here: this folder is whole in
 * itself. Changing one is a breaking change for the products that are provisioned.
 *
 * Functions and queue have fixed names, so that the product's template can say their ARNs and needs no parameter but the
 * model's name.
 */

/** Function: service token of the custom resource that enrols a model and names what belongs to it. */
export const CREATE_WEBHOOK_FUNCTION = 'mlflow-mlops-create-webhook';
/** Function: service token of the custom resource that cleans up behind a model's pipeline. */
export const TERMINATE_FUNCTION = 'mlflow-mlops-terminate-deployment';
/** Function: starts a model's pipeline when its deployable set changed. */
export const START_PIPELINE_FUNCTION = 'mlflow-mlops-start-pipeline';
/** Queue: takes the events which could not be delivered to that function. */
export const START_PIPELINE_QUEUE = 'mlflow-mlops-start-pipeline-dead-letters';

/** The event of a finished sync. */
export const SYNC_EVENT_SOURCE = 'mlflow-mlops';
export const SYNC_EVENT_DETAIL_TYPE = 'MLflow Model Sync Completed';

/**
 * Managed policy: the boundary of every role in a model's stack. Names in IAM are unique in an account, so this one and those of
 * the roles below contain the region.
 */
export function permissionsBoundaryName(region: string): string {
  return `mlflow-mlops-model-pipeline-boundary-${region}`;
}

/** The role that pipelines of models deploy with. It can use no other stacks, and give them no other roles, than the next two. */
export function deployRoleName(region: string): string {
  return `mlflow-mlops-model-deploy-${region}`;
}

/** The role that CloudFormation updates and deletes a model's stack with, once its pipeline has run. */
export function stackRoleName(region: string): string {
  return `mlflow-mlops-model-stack-${region}`;
}

/** The role that CloudFormation creates, updates and deletes endpoints with. */
export function endpointsRoleName(region: string): string {
  return `mlflow-mlops-model-endpoints-${region}`;
}

/**
 * The mark of the packages that are deployed: what the sync writes into the metadata `mlflow_mlops_owner` of each that it makes,
 * which is its stack's name.
 */
export const OWNER = 'ModelRepack-ModelSyncStack';

/** The role that endpoints run with where `inference.yaml` names no other: one for each region, since roles have none. */
export function endpointRoleName(region: string): string {
  return `mlflow-mlops-endpoint-${region}`;
}

/** The repository's branch that is deployed. */
export const BRANCH = 'main';

/** The stack with a model's endpoints in one environment. `group` may be an attribute that CloudFormation fills in. */
export function stageStackName(group: string, environment: string): string {
  return `sagemaker-mlflow-${group}-${environment}Stack-ModelDeploy`;
}
