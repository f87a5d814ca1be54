import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  type Chain,
  Choice,
  Condition,
  Fail,
  type IChainable,
  Pass,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { EventBridgePutEvents } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { SYNC_EVENT_DETAIL_TYPE, SYNC_EVENT_SOURCE } from '../../product-template/lib/names';
import { applyPlan } from './apply-plan';
import type { SyncFunctions } from './sync-functions';
import { invokeStep, oneLine, RETRY, SYNC_FAILED } from './sync-step';
import { writeEntry } from './write-entry';

const MODEL = '{% {"modelName": $states.input.modelName, "execution": $states.context.Execution.Id} %}';
const CLAIM = oneLine(`{% {
  "modelName": $states.input.modelName,
  "execution": $states.context.Execution.Id,
  "verify": $states.input.verify,
  "confirmDeletions": $states.input.confirmDeletions
} %}`);
/** A step's error becomes part of the model's state; what follows decides what it means. */
const WITH_FAILURE = keeping('{"failure": {"Cause": $substring($states.errorOutput.Cause, 0, 1000)}}');

/**
 * The sync of one model: claim, plan, apply, release, tell. When the model changed meanwhile, it is planned again, some rounds
 * long; then another execution goes on. The ledger's entry of the last plan is written at the very end: a sync that failed after
 * its plan, at its sweep, its release or its telling, would else be in order for the next one.
 *
 * State: the request, then `plan` and what it `refused`, the results of applying it, and `totals` over all rounds. Every end has an `outcome`:
 * `synced`, `blocked` (as `synced`, but packages stay whose versions MLflow does not list), `waiting` (images of versions are being
 * built, whose end starts another sync), `deferred` (another execution holds
 * the claim and will plan again) or `failed`, which ends the execution as failed, after everything that could be done was done.
 * Errors never leave this chain.
 */
export function syncModel(scope: Construct, functions: SyncFunctions, table: TableV2): IChainable {
  const claim = invokeStep(scope, 'Claim model', functions.claim, CLAIM, keeping('$states.result.Payload'));
  const plan = invokeStep(
    scope,
    'Plan',
    functions.plan,
    MODEL,
    keeping('{"plan": $states.result.Payload, "refused": $states.result.Payload.refused, "swept": []}'),
  );
  const apply = applyPlan(scope, functions);
  const release = invokeStep(
    scope,
    'Release model',
    functions.release,
    `{% {
      "modelName": $states.input.modelName,
      "execution": $states.context.Execution.Id,
      "stateMachine": $states.context.StateMachine.Id,
      "left": $states.input.plan.left,
      "results": [$states.input.refused, $states.input.created, $states.input.updated, $states.input.deleted, $states.input.swept],
      "totals": $states.input.totals,
      "startedAt": $states.context.Execution.StartTime,
      "fullSync": $states.input.fullSync
    } %}`,
    keeping('$states.result.Payload'),
  );

  const deferred = Pass.jsonata(scope, 'Deferred to the holder', {
    outputs: { modelName: '{% $states.input.modelName %}', outcome: 'deferred' },
  });
  const broken = Pass.jsonata(scope, 'Model failed', {
    outputs: {
      modelName: '{% $states.input.modelName %}',
      outcome: 'failed',
      failures: '{% [{"action": "sync", "reason": $states.input.failure.Cause}] %}',
    },
  });
  // Nothing was planned, so nothing is done; the claim still has to go back.
  const unplanned = Pass.jsonata(scope, 'Plan failed', {
    outputs: keeping(
      '{"refused": [{"action": "plan", "outcome": "failed", "reason": $states.input.failure.Cause}], "created": [], "updated": [], "deleted": [], "swept": []}',
    ),
  });
  const done = Pass.jsonata(scope, 'Model done', {
    outputs: oneLine(`{% $merge([
      {"modelName": $states.input.modelName, "outcome": $states.input.totals.failed > 0 ? "failed" : $states.input.totals.blocked > 0 ? "blocked" : $states.input.totals.waiting > 0 ? "waiting" : "synced"},
      {"entry": $states.input.totals.failed = 0 ? $states.input.plan.entry},
      $states.input.totals
    ]) %}`),
  });
  const tell = completedEvent(scope);

  claim.addCatch(broken, { outputs: WITH_FAILURE });
  plan.addCatch(unplanned, { outputs: WITH_FAILURE });
  release.addCatch(broken, { outputs: WITH_FAILURE });
  tell.addCatch(broken, { outputs: WITH_FAILURE });

  unplanned.next(release);
  release.next(
    Choice.jsonata(scope, 'Changed meanwhile?')
      .when(Condition.jsonata('{% $states.input.again %}'), plan)
      .otherwise(tell.next(done)),
  );
  plan.next(apply.first);
  // Whatever was looked into may have left something behind; what is in order did not.
  apply.last.next(
    Choice.jsonata(scope, 'Sweep?')
      .when(
        Condition.jsonata('{% $states.input.plan.looked and $states.input.plan.left = 0 %}'),
        sweepArchives(scope, functions).next(release),
      )
      .otherwise(release),
  );
  const verdict = verdictOn(scope, table);
  for (const end of [deferred, broken, done]) {
    end.next(verdict);
  }
  return claim.next(
    Choice.jsonata(scope, 'Claimed?').when(Condition.jsonata('{% $states.input.claimed %}'), plan).otherwise(deferred),
  );
}

/** Sweeps the model's archives. What fails is a result like others. */
function sweepArchives(scope: Construct, functions: SyncFunctions): Chain {
  const sweep = invokeStep(
    scope,
    'Sweep archives',
    functions.sweep,
    MODEL,
    keeping('{"swept": [$states.result.Payload]}'),
  );
  const swept = Pass.jsonata(scope, 'Swept');
  sweep.addCatch(swept, {
    outputs: keeping(
      '{"swept": [{"action": "sweep", "outcome": "failed", "reason": $substring($states.errorOutput.Cause, 0, 1000)}]}',
    ),
  });
  return sweep.next(swept);
}

/** How the execution ends. */
function verdictOn(scope: Construct, table: TableV2): Choice {
  const failed = Fail.jsonata(scope, 'Sync failed', {
    error: SYNC_FAILED,
    // A cause has 32,768 characters at most (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
    cause: '{% $substring($string($states.input), 0, 30000) %}',
  });
  const synced = Succeed.jsonata(scope, 'Synced');
  return Choice.jsonata(scope, 'Any failures?')
    .when(Condition.jsonata("{% $states.input.outcome = 'failed' %}"), failed)
    .when(Condition.jsonata('{% $exists($states.input.entry) %}'), writeEntry(scope, table, synced))
    .otherwise(synced);
}

/** One event on the default bus for each finished sync of a model; its words are those of SageMaker's own events. */
function completedEvent(scope: Construct): EventBridgePutEvents {
  const tell = EventBridgePutEvents.jsonata(scope, 'Tell of the finished sync', {
    entries: [
      {
        source: SYNC_EVENT_SOURCE,
        detailType: SYNC_EVENT_DETAIL_TYPE,
        detail: TaskInput.fromObject({
          ModelName: '{% $states.input.modelName %}',
          ModelPackageGroupName: '{% $states.input.groupName %}',
          Created: '{% $states.input.totals.created %}',
          Updated: '{% $states.input.totals.updated %}',
          Deleted: '{% $states.input.totals.deleted %}',
          Failed: '{% $states.input.totals.failed %}',
          Blocked: '{% $states.input.totals.blocked %}',
          Waiting: '{% $states.input.totals.waiting %}',
          Failures: '{% $states.input.totals.failures %}',
          ExecutionArn: '{% $states.context.Execution.Id %}',
        }),
      },
    ],
    outputs: '{% $states.input %}',
  });
  tell.addRetry({ ...RETRY, errors: ['States.TaskFailed'] });
  return tell;
}

/** The state as it is, with more in it. */
function keeping(more: string): string {
  return `{% $merge([$states.input, ${more}]) %}`;
}
