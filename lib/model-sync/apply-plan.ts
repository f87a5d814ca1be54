import { Choice, Condition, Map as MapState, Pass, ProvideItems } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { PlanResult } from '../../lambda/shared/contracts';
import type { NodeFunction } from '../node-function';
import type { SyncFunctions } from './sync-functions';
import { invokeStep, oneLine } from './sync-step';

/** Packages of one model that are worked on at once: SageMaker throttles, and one MLflow proxy serves all of them. */
const PACKAGES_AT_ONCE = 4;

/**
 * What a plan deletes, once nothing waits: a version that was archived serves until the image of its successor is built. The next
 * plan has these deletions again.
 */
const UNLESS_WAITING = '{% "waiting" in $states.input.created.outcome ? [] : $states.input.plan.delete %}';

type Action = 'create' | 'update' | 'delete';

/** The maps of a plan, in order. */
export interface AppliedPlan {
  readonly first: MapState;
  readonly last: MapState;
}

/**
 * Carries out a plan: creations, then updates, then deletions, so that what replaces comes before what goes. Each map leaves
 * its results in the state under `created`, `updated`, `deleted`; a failed action is a result like the others.
 */
export function applyPlan(scope: Construct, functions: SyncFunctions): AppliedPlan {
  const first = forEach(scope, 'Create packages', 'create', 'created', createPackage(scope, functions));
  const second = forEach(
    scope,
    'Update packages',
    'update',
    'updated',
    changePackage(scope, 'Update', 'update', functions.update),
  );
  const last = forEach(
    scope,
    'Delete packages',
    'delete',
    'deleted',
    changePackage(scope, 'Delete', 'delete', functions.delete),
    UNLESS_WAITING,
  );
  first.next(second).next(last);
  return { first, last };
}

/** One map over the plan's actions of one kind; an item is the action and what every step needs to know. */
function forEach(
  scope: Construct,
  id: string,
  action: keyof PlanResult,
  results: string,
  processor: LambdaInvoke,
  items = `{% $states.input.plan.${action} %}`,
): MapState {
  const map = MapState.jsonata(scope, id, {
    items: ProvideItems.jsonata(items),
    itemSelector: {
      action: '{% $states.context.Map.Item.Value %}',
      modelName: '{% $states.input.modelName %}',
      execution: '{% $states.context.Execution.Id %}',
      retryEnvironments: '{% $states.input.retryEnvironments = true %}',
    },
    maxConcurrency: PACKAGES_AT_ONCE,
    outputs: oneLine(`{% $merge([$states.input, {"${results}": $states.result}]) %}`),
  });
  map.itemProcessor(processor);
  return map;
}

/**
 * A package that another one replaces is superseded as soon as that one stands, or deleted if no endpoint can have been made from
 * it. It stays as it is when the new one could not be made. Packing that takes
 * longer than one invocation goes on in the next, with what the last one handed back.
 */
function createPackage(scope: Construct, functions: SyncFunctions): LambdaInvoke {
  const create = invokeStep(
    scope,
    'Create package',
    functions.create,
    CREATION,
    '{% $merge([$states.input, {"result": $states.result.Payload}]) %}',
  );
  create.addCatch(Pass.jsonata(scope, 'Package not created'), {
    outputs: oneLine(`{% [${failure('create')}] %}`),
  });

  const deleteReplaced = invokeStep(
    scope,
    'Delete replaced package',
    functions.delete,
    `{% {
      "modelName": $states.input.modelName,
      "execution": $states.input.execution,
      "packageArn": $states.input.action.replaces,
      "reason": "a new package replaces it"
    } %}`,
    '{% [$states.input.result, $states.result.Payload] %}',
  );
  deleteReplaced.addCatch(Pass.jsonata(scope, 'Replaced package not deleted'), {
    outputs: oneLine(`{% [$states.input.result, ${failure('delete')}] %}`),
  });

  const supersede = invokeStep(
    scope,
    'Supersede replaced package',
    functions.update,
    `{% {
      "modelName": $states.input.modelName,
      "execution": $states.input.execution,
      "packageArn": $states.input.action.replaces,
      "supersede": true
    } %}`,
    '{% [$states.input.result, $states.result.Payload] %}',
  );
  supersede.addCatch(Pass.jsonata(scope, 'Replaced package not superseded'), {
    outputs: oneLine(`{% [$states.input.result, ${failure('update')}] %}`),
  });

  create.next(
    Choice.jsonata(scope, 'Packed?')
      .when(
        Condition.jsonata("{% $states.input.result.outcome = 'continued' %}"),
        Pass.jsonata(scope, 'Go on packing', { outputs: oneLine(GO_ON) }).next(create),
      )
      .when(
        Condition.jsonata("{% $states.input.result.outcome = 'done' and $states.input.action.supersedes = true %}"),
        supersede,
      )
      .when(
        Condition.jsonata("{% $states.input.result.outcome = 'done' and $exists($states.input.action.replaces) %}"),
        deleteReplaced,
      )
      .otherwise(Pass.jsonata(scope, 'Package created', { outputs: '{% [$states.input.result] %}' })),
  );
  return create;
}

function changePackage(scope: Construct, verb: string, action: Action, step: NodeFunction): LambdaInvoke {
  const task = invokeStep(scope, `${verb} package`, step, ACTION, '{% [$states.result.Payload] %}');
  task.addCatch(Pass.jsonata(scope, `Package not ${action}d`), { outputs: oneLine(`{% [${failure(action)}] %}`) });
  return task;
}

/** A step's event: the action's own members beside the model and the holder of its claim. */
const ACTION = `{% $merge([
  $states.input.action,
  {"modelName": $states.input.modelName, "execution": $states.input.execution}
]) %}`;

/** For a creation also when its state was entered: the same for all tries of it, and another one in each round. */
const CREATION = `{% $merge([
  $states.input.action,
  {
    "modelName": $states.input.modelName,
    "execution": $states.input.execution,
    "entered": $states.context.State.EnteredTime,
    "retryEnvironments": $states.input.retryEnvironments
  }
]) %}`;

/** The item with what its last invocation handed back, in place of what an earlier one did. */
const GO_ON = `{% $merge([
  $states.input,
  {"action": $merge([$states.input.action, {"continuation": $states.input.result.continuation}])}
]) %}`;

/** A failed action as a result. `Cause` is the function's error as JSON with its trace, of which the state keeps the head. */
function failure(action: Action): string {
  return `{
    "action": "${action}",
    "outcome": "failed",
    "version": $states.input.action.version,
    "packageArn": $states.input.action.packageArn,
    "reason": $substring($states.errorOutput.Cause, 0, 1000)
  }`;
}
