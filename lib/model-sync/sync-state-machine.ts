import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DefinitionBody,
  LogLevel,
  QueryLanguage,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledge';
import type { NodeFunction } from '../node-function';
import { grantSyncChanged, syncChanged } from './sync-changed';
import type { SyncFunctions } from './sync-functions';
import { syncModel } from './sync-model';
import { invokeStep, oneLine } from './sync-step';
import type { SyncTable } from './sync-table';

/** The input as somebody wrote it, and how far the search for what changed is. */
const LIST = oneLine(`{% {
  "request": $states.context.Execution.Input,
  "execution": $states.context.Execution.Name,
  "part": $states.input.part
} %}`);

export interface SyncStateMachineProps {
  readonly functions: SyncFunctions;
  /** Where a sync of all models keeps what it found. */
  readonly bucket: Bucket;
  /** Has the ledger, which the state machine writes at the end of a model's sync. */
  readonly table: SyncTable;
}

/**
 * The sync, one definition for one model and for all enrolled ones: of these it finds the ones that changed, and runs itself for
 * each of them.
 */
export class SyncStateMachine extends Construct {
  readonly stateMachine: StateMachine;
  /** Has all events of all executions. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { functions, bucket, table }: SyncStateMachineProps) {
    super(scope, id);

    const list = invokeStep(this, 'Find models', functions.list, LIST, '{% $states.result.Payload %}');
    list.next(
      Choice.jsonata(this, 'Which models?')
        .when(Condition.jsonata("{% $states.input.kind = 'one' %}"), syncModel(this, functions, table))
        .when(Condition.jsonata("{% $states.input.kind = 'unfinished' %}"), list)
        .otherwise(syncChanged(this)),
    );

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromChainable(list),
      queryLanguage: QueryLanguage.JSONATA,
      comment: 'Makes the SageMaker Model Registry say what the MLflow registry says',
      timeout: Duration.hours(6),
      tracingEnabled: true,
      logs: {
        destination: this.logGroup,
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    this.letFollowEachOther(functions);
    grantSyncChanged(this.stateMachine, bucket);
    table.grantItsKey(this.stateMachine);
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
    acknowledgeWildcards(holders, { ':execution:': 'Executions of this state machine.' });
  }
}

function rolesOf({ role }: NodeFunction): IRole[] {
  return role === undefined ? [] : [role];
}
