import { ArnFormat, type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
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
import type { NodeFunction } from '../node-function';
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
    this.letFollowEachOther(functions);
    const { list: lister, claim, plan, create, update, delete: remove, release } = functions;
    acknowledgeInvoke(this, lister, claim, plan, create, update, remove, release);
    acknowledge(this, 'IAM5[Resource::*]', 'Log delivery and X-Ray take no resource.');
  }

  /**
   * A claim asks whether its holder still runs, and a release starts a successor. Both rights name the state machine, which names
   * the functions: policies of their own keep CloudFormation's dependencies free of a circle.
   */
  private letFollowEachOther({ claim, release }: SyncFunctions): void {
    const { stateMachineArn } = this.stateMachine;
    new Policy(this, 'Successors', {
      roles: rolesOf(release),
      statements: [new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] })],
    });
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const holders = new Policy(this, 'Holders', {
      roles: rolesOf(claim),
      statements: [new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] })],
    });
    const id = Stack.of(this).resolve(
      Stack.of(this).getLogicalId(this.stateMachine.node.defaultChild as CfnResource),
    ) as string;
    acknowledge(
      holders,
      `IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${id}.Name>:*]`,
      'The executions of this one state machine.',
    );
  }
}

function rolesOf({ role }: NodeFunction): IRole[] {
  return role === undefined ? [] : [role];
}
