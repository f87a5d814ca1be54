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
import type { SyncFunctions } from './sync-functions';
import { invokeStep, oneLine, SYNC_FAILED, SYNC_HELD } from './sync-step';

/** JSONata: of the results of a map, how many are of models that were synced, and of models that were held. */
const SYNCED = '$count($states.result[$ = 1])';
const HELD = '$count($states.result[$ = 2])';

/** Models that one execution works on at once. */
const MODELS_AT_ONCE = 10;

/**
 * Syncs the models of a list in S3, each by an execution of its own of this same state machine, and ends as failed when any of
 * them did, or as held where all that failed were. So no history and no payload grows with the number of models: a model comes back
 * as 1 where its execution succeeded, as 2 where it was held and as 0 where it failed, which lets a hundred thousand of them pass.
 *
 * What the models put off, deletions of packages whose versions the registry does not know, is decided on once all have looked:
 * it is carried out by executions like these, or held as a whole.
 */
export function syncChanged(scope: Construct, functions: SyncFunctions): IChainable {
  const each = mapOf(scope, {
    id: 'Sync each changed model',
    label: 'models',
    list: '$states.input',
    which: '',
    outputs: `$merge([$states.input, {
      "synced": ${SYNCED},
      "held": ${HELD},
      "failed": $states.input.changed - ${SYNCED} - ${HELD}
    }])`,
  });
  const weigh = invokeStep(
    scope,
    'Weigh deletions',
    functions.weigh,
    '{% {"execution": $states.context.Execution.Name} %}',
    '{% $merge([$states.input, {"weighed": $states.result.Payload}]) %}',
  );
  const deletions = mapOf(scope, {
    id: 'Delete what the registry does not know',
    label: 'deletions',
    list: '$states.input.weighed',
    which: ' with its deletions',
    outputs: `$merge([$states.input, {
      "held": $states.input.held + ${HELD},
      "failed": $states.input.failed + $states.input.weighed.models - ${SYNCED} - ${HELD}
    }])`,
  });
  const held = Fail.jsonata(scope, 'Deletions held', {
    error: SYNC_HELD,
    cause:
      oneLine(`{% $states.input.weighed.reason & "; " & $string($states.input.synced) & " of " & $string($states.input.changed)
      & " models that were to be synced were synced otherwise" %}`),
  });
  const failed = Fail.jsonata(scope, 'Some models failed', {
    error: SYNC_FAILED,
    cause:
      oneLine(`{% $string($states.input.failed) & " of " & $string($states.input.changed) & " models that were to be synced failed, of "
      & $string($states.input.enrolled) & " enrolled ones. Each of them has an execution of its own of this state machine, which has FAILED, "
      & "begins with the name of the model's group, and tells the reason" %}`),
  });
  const someHeld = Fail.jsonata(scope, 'Some models held', {
    error: SYNC_HELD,
    cause:
      oneLine(`{% $string($states.input.held) & " of " & $string($states.input.changed) & " models that were to be synced keep packages whose versions "
      & "the registry does not know, until somebody decides. Each of them has an execution of its own of this state machine, which has FAILED, "
      & "begins with the name of the model's group, and tells what to do" %}`),
  });
  const done = Succeed.jsonata(scope, 'All synced', {
    outputs: oneLine(`{% {
      "enrolled": $states.input.enrolled,
      "changed": $states.input.changed,
      "synced": $states.input.synced,
      "failed": $states.input.failed
    } %}`),
  });
  const verdict = Choice.jsonata(scope, 'Any model failed?')
    .when(Condition.jsonata('{% $states.input.failed > 0 %}'), failed)
    .when(Condition.jsonata('{% $states.input.held > 0 %}'), someHeld)
    .otherwise(done);
  return each
    .next(weigh)
    .next(
      Choice.jsonata(scope, 'Do they go?')
        .when(Condition.jsonata("{% $states.input.weighed.kind = 'held' %}"), held)
        .when(Condition.jsonata("{% $states.input.weighed.kind = 'go' %}"), deletions.next(verdict))
        .otherwise(verdict),
    );
}

/** A map over the models of one list. */
interface ModelMap {
  readonly id: string;
  readonly label: string;
  /** JSONata: what has `bucket` and `key` of the list. */
  readonly list: string;
  /** Distinguishes the names of its states from those of another map. */
  readonly which: string;
  /** JSONata, the state's output. */
  readonly outputs: string;
}

function mapOf(scope: Construct, { id, label, list, which, outputs }: ModelMap): DistributedMap {
  const each = DistributedMap.jsonata(scope, id, {
    label,
    itemReader: new S3JsonItemReader({ bucketNamePath: `{% ${list}.bucket %}`, key: `{% ${list}.key %}` }),
    itemSelector: {
      name: '{% $states.context.Map.Item.Value.name %}',
      input: '{% $states.context.Map.Item.Value.input %}',
      // Within the map the context names the map's own part of the state machine.
      stateMachine: '{% $states.context.StateMachine.Id %}',
    },
    maxConcurrency: MODELS_AT_ONCE,
    toleratedFailurePercentage: 100,
    outputs: oneLine(`{% ${outputs} %}`),
  });
  each.itemProcessor(syncOne(scope, which));
  return each;
}

/** Runs the sync of one model and waits for its end (docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html). */
function syncOne(scope: Construct, which: string): CustomState {
  const sync = new CustomState(scope, `Sync the model by itself${which}`, {
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
  // The cause is the execution's description; what the execution itself says is quoted in there, and so reads differently.
  const outputs = `{% $contains($states.input.Cause, /"Error"\\s*:\\s*"${SYNC_HELD}"/) ? 2 : 0 %}`;
  return sync.addCatch(Pass.jsonata(scope, `Model not synced${which}`, { outputs }));
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
