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
import { SYNC_FILES } from '../../lambda/shared/artifact-folders';
import { acknowledgeWildcards, FUNCTION_VERSIONS } from '../acknowledge';
import { grantKey } from '../encryption';
import { oneLine, SYNC_FAILED } from './sync-step';

/** Models that one execution works on at once. */
const MODELS_AT_ONCE = 10;
/** As many models are named in the output if their deletions are blocked. The map's result has 256 KiB at most. */
const BLOCKED_MODELS_NAMED = 100;

/** JSONata: what a model's execution comes to in the result of the map. One digit lets a hundred thousand models pass. */
const SYNCED = 1;
const BLOCKED = 2;
const WAITING = 3;
const FAILED = 0;

/**
 * Syncs the models of a list in S3, each by an execution of its own of this same state machine, and ends as failed when any of
 * them did. So no history and no payload grows with the number of models.
 */
export function syncChanged(scope: Construct): IChainable {
  const each = DistributedMap.jsonata(scope, 'Sync each changed model', {
    label: 'models',
    itemReader: new S3JsonItemReader({ bucketNamePath: '{% $states.input.bucket %}', key: '{% $states.input.key %}' }),
    itemSelector: {
      name: '{% $states.context.Map.Item.Value.name %}',
      input: '{% $states.context.Map.Item.Value.input %}',
      named: `{% $states.context.Map.Item.Index < ${BLOCKED_MODELS_NAMED} %}`,
      // Within the map the context names the map's own part of the state machine.
      stateMachine: '{% $states.context.StateMachine.Id %}',
    },
    maxConcurrency: MODELS_AT_ONCE,
    toleratedFailurePercentage: 100,
    outputs: oneLine(`{% (
      $named := $states.result[$type($) = "object"];
      $synced := $count($states.result[$ = ${SYNCED}]);
      $blocked := $count($named) + $count($states.result[$ = ${BLOCKED}]);
      $waiting := $count($states.result[$ = ${WAITING}]);
      {
        "outcome": $blocked > 0 ? "blocked" : $waiting > 0 ? "waiting" : "synced",
        "enrolled": $states.input.enrolled,
        "changed": $states.input.changed,
        "synced": $synced,
        "blocked": $blocked,
        "blockedModels": [$named],
        "waiting": $waiting,
        "failed": $states.input.changed - $synced - $blocked - $waiting
      }
    ) %}`),
  });
  each.itemProcessor(syncOne(scope));
  const failed = Fail.jsonata(scope, 'Some models failed', {
    error: SYNC_FAILED,
    cause:
      oneLine(`{% $string($states.input.failed) & " of " & $string($states.input.changed) & " models that were to be synced failed, of "
      & $string($states.input.enrolled) & " enrolled ones. Each of them has an execution of its own of this state machine, which has FAILED, "
      & "begins with the name of the model's group, and tells the reason" %}`),
  });
  each.next(
    Choice.jsonata(scope, 'Any model failed?')
      .when(Condition.jsonata('{% $states.input.failed > 0 %}'), failed)
      .otherwise(Succeed.jsonata(scope, 'All synced')),
  );
  // AWS does not say what a Distributed Map makes of an empty list, which most hours have.
  const nothing = Pass.jsonata(scope, 'No model changed', {
    outputs: oneLine(`{% {
      "outcome": "synced",
      "enrolled": $states.input.enrolled,
      "changed": 0,
      "synced": 0,
      "blocked": 0,
      "blockedModels": [],
      "waiting": 0,
      "failed": 0
    } %}`),
  });
  return Choice.jsonata(scope, 'Any model changed?')
    .when(Condition.jsonata('{% $states.input.changed = 0 %}'), nothing)
    .otherwise(each);
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
      Output: oneLine(`{% (
        $ended := $states.result.Output;
        $ended.outcome = "waiting" ? ${WAITING} : $ended.outcome != "blocked" ? ${SYNCED} : $states.input.named
          ? {"modelName": $ended.modelName, "packages": $ended.blocked, "deletesAt": $ended.deletesAt}
          : ${BLOCKED}
      ) %}`),
    },
  });
  // Never tried again here: what passes by itself was tried again in there, and the next sync finds what is left.
  return sync.addCatch(Pass.jsonata(scope, 'Model not synced', { outputs: `{% ${FAILED} %}` }));
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
  acknowledgeWildcards(stateMachine, {
    ...FUNCTION_VERSIONS,
    [SYNC_FILES]: 'One list for each full sync, named after its execution.',
    ':execution:': 'Executions of this state machine.',
    '*': 'Log delivery and X-Ray have no resource. Step Functions calls them for the log and traces.',
  });
}
