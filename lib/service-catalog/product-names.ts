import type { WildcardReasons } from '../acknowledge';

/**
 * What the product's resources are called, as patterns for policies: most names come from the model, the rest from the stack,
 * which Service Catalog calls `SC-<account>-pp-<id>`.
 */
export const PRODUCT = {
  stack: 'SC-*',
  role: 'SC-*',
  /** Of the pipeline and its builds. CloudFormation cuts the names of roles, so no more of them is certain. */
  pipelineRole: 'SC-*-Pipeline*',
  /** Of endpoints, also those that people make. */
  endpointRole: 'mlflow-mlops-endpoint-*',
  /** CloudFormation names buckets after the stack, in lower case. */
  bucket: 'sc-*',
  /** Named after the pipeline, those of steps that people add too. */
  project: 'sagemaker-mlflow-*-pipeline-*',
  /** Steps of pipelines from before version 4 of the product had projects of any name. */
  anyProject: '*',
  repository: 'sagemaker-mlflow-*-deployment',
  pipeline: 'sagemaker-mlflow-*-pipeline',
  rule: 'sagemaker-DeployModelRule-*',
  /** The rule that CDK makes for a push to the repository. */
  pushRule: 'SC-*',
  stageStack: 'sagemaker-mlflow-*Stack-ModelDeploy',
} as const;

export const PRODUCT_WILDCARDS: WildcardReasons = {
  'sagemaker-': 'Resources of a model are named after it, and are created and deleted with it.',
  'project/*': 'The builds of the pipeline of a model. Owners can add steps, whose projects have any name.',
};
