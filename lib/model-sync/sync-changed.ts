import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  CustomState,
  DistributedMap,
  Fail,
  type IChainable,
  Pass,
  S3JsonItemReader,
  type StateMachine,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledgeObjects } from '../acknowledge';
import { acknowledgeWildcards } from '../acknowledge-wildcards';
import { grantKey } from '../encryption';
import { SYNC_FILES } from '../names';
import { oneLine } from './sync-step';

/** Models that one execution works on at once. */
const MODELS_AT_ONCE = 10;

/**
 * Syncs the models of a list in S3, each by an execution of its own of this same state machine, and ends as failed when any of
 * them did. So no history and no payload grows with the number of models: a model comes back as 1 where its execution succeeded
 * and as 0 where it did not, which lets a hundred thousand of them pass.
 */
export function syncChanged(scope: Construct): IChainable {
  const each = DistributedMap.jsonata(scope, 'Sync each changed model', {
    label: 'models',
    itemReader: new S3JsonItemReader({ bucketNamePath: '{% $states.input.bucket %}', key: '{% $states.input.key %}' }),
    itemSelector: {
      name: '{% $states.context.Map.Item.Value.name %}',
      input: '{% $states.context.Map.Item.Value.input %}',
      // Within the map the context names the map's own part of the state machine.
      stateMachine: '{% $states.context.StateMachine.Id %}',
    },
    maxConcurrency: MODELS_AT_ONCE,
    toleratedFailurePercentage: 100,
    outputs: oneLine(`{% {
      "enrolled": $states.input.enrolled,
      "changed": $states.input.changed,
      "synced": $sum($states.result),
      "failed": $states.input.changed - $sum($states.result)
    } %}`),
  });
  each.itemProcessor(syncOne(scope));

  const failed = Fail.jsonata(scope, 'Some models failed', {
    error: 'SyncFailed',
    cause:
      oneLine(`{% $string($states.input.failed) & " of " & $string($states.input.changed) & " models that were to be synced failed, of "
      & $string($states.input.enrolled) & " enrolled ones. Each of them has an execution of its own of this state machine, which has FAILED, "
      & "begins with the name of the model's group, and tells the reason" %}`),
  });
  return each.next(
    Choice.jsonata(scope, 'Any model failed?')
      .when(Condition.jsonata('{% $states.input.failed > 0 %}'), failed)
      .otherwise(Succeed.jsonata(scope, 'All synced')),
  );
}

/** Runs the sync of one model and waits for its end (docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html). */
function syncOne(scope: Construct): CustomState {
  const sync = new CustomState(scope, 'Sync the model by itself', {
    stateJson: {
      Type: 'Task',
      Resource: `arn:${Aws.PARTITION}:states:::states:startExecution.sync:2`,
      Arguments: {
        StateMachineArn: '{% $states.input.stateMachine %}',
        Name: '{% $states.input.name %}',
        Input: '{% $states.input.input %}',
      },
      Output: '{% 1 %}',
    },
  });
  // Never tried again here: what passes by itself was tried again in there, and the next sync finds what is left.
  return sync.addCatch(Pass.jsonata(scope, 'Model not synced', { outputs: '{% 0 %}' }));
}

/**
 * What a state machine needs to read the list and to run executions of itself, beside what CDK grants one that has a Distributed Map:
 * starting, describing and stopping its own executions.
 */
export function grantSyncChanged(stateMachine: StateMachine, bucket: Bucket): void {
  stateMachine.addToRolePolicy(
    new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(`${SYNC_FILES}/*`)] }),
  );
  grantKey(bucket.encryptionKey, stateMachine, 's3', 'Decrypt');
  // Step Functions hears of the end of what it waits for by a rule of its own.
  const rule = Stack.of(stateMachine).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  stateMachine.addToRolePolicy(
    new PolicyStatement({ actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], resources: [rule] }),
  );
  acknowledgeObjects(stateMachine, bucket, `${SYNC_FILES}/*`, 'One list for each sync of all models.');
  // CDK's policy for a Distributed Map.
  acknowledgeWildcards(stateMachine.node.findChild('DistributedMapPolicy'), 'Executions of this one state machine.');
}
