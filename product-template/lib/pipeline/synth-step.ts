import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type IFileSetProducer } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { ENVIRONMENTS } from '../deployable/environments';
import { stageStackName } from '../names';

/**
 * Makes the templates of everything that the pipeline deploys. What it learns from AWS it learns before that, by commands of
 * their own: synthesis itself reads nothing but files.
 */
export function synthStep(
  scope: Construct,
  source: IFileSetProducer,
  names: { readonly pipelineName: string; readonly groupName: string },
): CodeBuildStep {
  const { pipelineName, groupName } = names;
  return new CodeBuildStep('Synth', {
    // Its log is named after it.
    projectName: `${pipelineName}-synth`,
    input: source,
    env: { STACK_NAME: Aws.STACK_NAME, GROUP_NAME: groupName },
    installCommands: ['npm ci --omit=dev'],
    commands: ['npm run read-registry', 'npm run clear-failed-stacks', 'npx cdk synth --quiet'],
    primaryOutputDirectory: 'cdk.out',
    rolePolicyStatements: [
      // A list takes no resource.
      new PolicyStatement({ actions: ['sagemaker:ListModelPackages'], resources: ['*'] }),
      new PolicyStatement({
        actions: ['sagemaker:DescribeModelPackage'],
        resources: [
          Stack.of(scope).formatArn({
            service: 'sagemaker',
            resource: 'model-package',
            resourceName: `${groupName}/*`,
          }),
        ],
      }),
      new PolicyStatement({
        actions: ['cloudformation:DescribeStacks', 'cloudformation:DeleteStack'],
        resources: ENVIRONMENTS.map((environment) =>
          Stack.of(scope).formatArn({
            service: 'cloudformation',
            resource: 'stack',
            resourceName: `${stageStackName(groupName, environment)}/*`,
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ),
      }),
    ],
  });
}
