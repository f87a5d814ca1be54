import { CfnWaitConditionHandle, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployable } from '../deployable/deployable';
import type { Environment } from '../deployable/environments';
import type { EndpointSettings } from '../inference/inference';
import { stageStackName } from '../names';
import { endpointsSynthesizer } from '../synthesizer';
import { ModelEndpoint } from './model-endpoint';

export interface EndpointStageProps {
  /** The model's package group. */
  readonly group: string;
  readonly environment: Environment;
  /** The versions in this environment. */
  readonly deployables: readonly Deployable[];
  readonly settings: EndpointSettings;
}

/** One environment: a stack with an endpoint for each version in it. */
export class EndpointStage extends Stage {
  constructor(scope: Construct, { group, environment, deployables, settings }: EndpointStageProps) {
    super(scope, `${environment}Stack`);
    const stack = new Stack(this, 'ModelDeploy', {
      stackName: stageStackName(group, environment),
      description: `MLflow-MLOps: the ${environment} endpoints of a model`,
      synthesizer: endpointsSynthesizer(),
    });
    for (const deployable of deployables) {
      new ModelEndpoint(stack, group, deployable, settings);
    }
    if (deployables.length === 0) {
      // CloudFormation refuses a stack of nothing; this is a resource that is nothing.
      new CfnWaitConditionHandle(stack, 'NothingDeployed');
    }
  }
}
