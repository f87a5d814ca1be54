/**
 * What the product's resources are called, as patterns for policies: most names come from the model, the rest from the stack,
 * which Service Catalog calls `SC-<account>-pp-<id>`.
 */
export const PRODUCT = {
  stack: 'SC-*',
  role: 'SC-*',
  /** CloudFormation names buckets after the stack, in lower case. */
  bucket: 'sc-*',
  /** CDK names one build project after the pipeline; CloudFormation names the others after their ids, or after the stack. */
  projects: ['sagemaker-mlflow-*-pipeline-*', 'Pipeline*', 'SC-*'],
  repository: 'sagemaker-mlflow-*-deployment',
  pipeline: 'sagemaker-mlflow-*-pipeline',
  rule: 'sagemaker-DeployModelRule-*',
  /** The rule that CDK makes for a push to the repository. */
  pushRule: 'SC-*',
  stageStack: 'sagemaker-mlflow-*Stack-ModelDeploy',
} as const;
