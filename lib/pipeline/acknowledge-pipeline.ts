import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { acknowledge, acknowledgeWildcards, type WildcardReasons } from '../acknowledge';

/** Reasons of the wildcards that CDK Pipelines writes, in the pipeline of this project and in those of models. */
const CDK_PIPELINES: WildcardReasons = {
  '*': 'CDK Pipelines generates it. The CDK command line looks for the bootstrap; the build of assets starts itself.',
  Artifacts: 'CDK Pipelines generates it: the bucket with the files that the actions of the pipeline exchange.',
  ':role/': 'CDK Pipelines generates it: only roles that the bootstrap tagged for deploying and publishing.',
  'report-group/': 'CDK Pipelines generates it for each build, but no build here reports.',
  '/aws/codebuild/': 'CDK Pipelines generates it: the logs of builds.',
};

/** The same for pipelines of models. Released versions of the product never change, so their reasons are here. */
export const MODEL_PIPELINE: WildcardReasons = {
  ...CDK_PIPELINES,
  '*': 'Lists have no resource. The build lists the packages of its model, the CDK command line looks for the bootstrap.',
  '-ModelDeploy/': "One stack of this model. The last part of the path is CloudFormation's id.",
  'model-package/': 'The packages of this model.',
};

/** What cdk-nag finds in a pipeline that CDK makes, and why it stays. */
export function acknowledgePipeline(pipeline: IConstruct, artifacts: Bucket): void {
  acknowledge(artifacts, 'S1', 'Only the pipeline reads and writes it, and keeps a history of its own.');
  acknowledgeWildcards(pipeline, CDK_PIPELINES);
  for (const project of pipeline.node.findAll().filter((node) => node instanceof CfnProject)) {
    acknowledge(project, 'CB4', 'What a build puts out goes to the artifact bucket, which is encrypted.');
  }
}
