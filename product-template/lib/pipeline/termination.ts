import { CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENVIRONMENTS } from '../deployable/environments';
import { stageStackName, TERMINATE_FUNCTION } from '../names';
import type { Enrolment } from './enrolment';
import { sharedFunctionArn } from './shared-function';

/**
 * Cleans up what the pipeline made, before the pipeline itself goes: runs that are under way, the stacks with the endpoints,
 * and the repository's name.
 */
export class Termination extends Construct {
  /** @param keepEndpoints whether the endpoints stay when the product is terminated */
  constructor(scope: Construct, id: string, enrolment: Enrolment, keepEndpoints: boolean) {
    super(scope, id);
    new CustomResource(this, 'Resource', {
      serviceToken: sharedFunctionArn(this, TERMINATE_FUNCTION),
      properties: {
        GroupName: enrolment.groupName,
        RepositoryName: enrolment.repositoryName,
        PipelineName: enrolment.pipelineName,
        RuleName: enrolment.ruleName,
        StackNames: ENVIRONMENTS.map((environment) => stageStackName(enrolment.groupName, environment)),
        KeepEndpoints: String(keepEndpoints),
      },
    });
  }
}
