import type { WildcardReasons } from '../acknowledge';

/**
 * What the product's resources are called, as patterns for policies: most names come from the model, the rest from the stack,
 * which Service Catalog calls `SC-<account>-pp-<id>`.
 */
export const PRODUCT = {
  stack: 'SC-*',
  role: 'SC-*',
  /** CloudFormation names buckets after the stack, in lower case. */
  bucket: 'sc-*',
  /** Named after the pipeline. Steps that people add to their pipeline may have projects of any name. */
  project: 'sagemaker-mlflow-*-pipeline-*',
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
