import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  LogLevel,
  Map as MapState,
  ProvideItems,
  QueryLanguage,
  StateMachine,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInvoke } from '../acknowledge';
import type { SyncFunctions } from './sync-functions';
import { syncModel } from './sync-model';
import { invokeStep } from './sync-step';

/** Models that one execution works on at once. */
const MODELS_AT_ONCE = 10;

/**
 * The sync, one definition for one model and for all enrolled ones: list the models, sync each, and end as failed when any
 * of them had failures, after everything that could be done was done.
 */
export class SyncStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, functions: SyncFunctions) {
    super(scope, id);

    const list = invokeStep(this, 'List models', functions.list, '{% $states.input %}', '{% $states.result.Payload %}');
    const syncEach = MapState.jsonata(this, 'Sync each model', {
      items: ProvideItems.jsonata('{% $states.input.models %}'),
      maxConcurrency: MODELS_AT_ONCE,
      outputs: '{% {"models": $states.result} %}',
    });
    syncEach.itemProcessor(syncModel(this, functions));

    const failed = Fail.jsonata(this, 'Some models failed', {
      error: 'SyncFailed',
      // A cause has 32,768 characters at most (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
      cause: `{% $substring($string([$states.input.models[outcome = 'failed']]), 0, 30000) %}`,
    });
    const verdict = Choice.jsonata(this, 'Any failures?')
      .when(Condition.jsonata(`{% $count($states.input.models[outcome = 'failed']) > 0 %}`), failed)
      .otherwise(Succeed.jsonata(this, 'Synced'));

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(list.next(syncEach).next(verdict)),
      queryLanguage: QueryLanguage.JSONATA,
      comment: 'Makes the SageMaker Model Registry say what the MLflow registry says',
      timeout: Duration.hours(6),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    const { list: lister, claim, plan, create, update, delete: remove, release } = functions;
    acknowledgeInvoke(this, lister, claim, plan, create, update, remove, release);
    acknowledge(this, 'IAM5[Resource::*]', 'Log delivery and X-Ray take no resource.');
  }
}
