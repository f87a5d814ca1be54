import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { START_PIPELINE_FUNCTION, START_PIPELINE_QUEUE, SYNC_EVENT_DETAIL_TYPE, SYNC_EVENT_SOURCE } from '../names';
import type { Enrolment } from './enrolment';
import { sharedFunctionArn } from './shared-function';

/**
 * Looks whether the pipeline has something to do whenever a sync of the model is done, and whenever somebody changed one of its
 * packages, for example approved it in SageMaker Studio. The function behind it starts the pipeline only for a change of what
 * is deployed.
 */
export class StartRule extends Construct {
  constructor(scope: Construct, id: string, enrolment: Enrolment) {
    super(scope, id);
    new CfnRule(this, 'Resource', {
      name: enrolment.ruleName,
      description: "Starts a model's pipeline when what it deploys has changed",
      eventPattern: {
        source: [SYNC_EVENT_SOURCE, 'aws.sagemaker'],
        'detail-type': [SYNC_EVENT_DETAIL_TYPE, 'SageMaker Model Package State Change'],
        detail: { ModelPackageGroupName: [enrolment.groupName] },
      },
      targets: [
        {
          id: 'StartPipeline',
          arn: sharedFunctionArn(this, START_PIPELINE_FUNCTION),
          input: enrolment.startPipelineInput,
          deadLetterConfig: {
            arn: Stack.of(this).formatArn({
              service: 'sqs',
              resource: START_PIPELINE_QUEUE,
              arnFormat: ArnFormat.NO_RESOURCE_NAME,
            }),
          },
          // An older event says nothing that a newer one does not say as well.
          retryPolicy: { maximumEventAgeInSeconds: Duration.hours(2).toSeconds(), maximumRetryAttempts: 20 },
        },
      ],
    });
  }
}
