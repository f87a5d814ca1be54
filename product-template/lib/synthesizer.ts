import { BootstraplessSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { deployRoleName, endpointsRoleName, stackRoleName } from './names';

/** A placeholder of CDK's: the command line and CDK Pipelines fill it in. */
const REGION = `\${AWS::Region}`;

/**
 * Deploys the model's stack with roles of MLflow-MLOps instead of the CDK roles of the account, which may do everything:
 * CloudFormation keeps the role of a stack and uses it for everyone who may update the stack
 * (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html).
 *
 * It publishes no assets: the command line sends a template of up to 51,200 bytes in the request.
 */
export function modelStackSynthesizer(): IStackSynthesizer {
  return synthesizer(stackRoleName(REGION));
}

/** Deploys the stacks with endpoints, like {@link modelStackSynthesizer}. CodePipeline hands their templates over. */
export function endpointsSynthesizer(): IStackSynthesizer {
  return synthesizer(endpointsRoleName(REGION));
}

function synthesizer(executionRole: string): IStackSynthesizer {
  return new BootstraplessSynthesizer({
    deployRoleArn: roleArn(deployRoleName(REGION)),
    cloudFormationExecutionRoleArn: roleArn(executionRole),
  }) as IStackSynthesizer;
}

function roleArn(name: string): string {
  return `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;
}
