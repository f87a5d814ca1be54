import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { acknowledge } from '../acknowledge';
import { acknowledgeWildcards } from '../acknowledge-wildcards';

/** What cdk-nag finds in a pipeline that CDK makes, and why it stays. */
export function acknowledgePipeline(pipeline: IConstruct, artifacts: Bucket): void {
  acknowledge(artifacts, 'S1', 'Only the pipeline reads and writes it, and keeps a history of its own.');
  acknowledgeWildcards(
    pipeline,
    'CDK Pipelines writes these policies for its own bucket, logs, reports and deployment roles.',
  );
  for (const project of pipeline.node.findAll().filter((node) => node instanceof CfnProject)) {
    acknowledge(project, 'CB4', 'What a build puts out goes to the artifact bucket, which is encrypted.');
  }
}
