import type { Parameter, Stack } from '@aws-sdk/client-cloudformation';
import type { RecordOutput } from '@aws-sdk/client-service-catalog';
import type { Caller } from '../../aws-json/caller';
import { reasonOf } from '../../aws-json/errors';
import type { Session, Sessions } from '../../developer-tools/aws/session';
import type { AccountState, LaunchRecord, ProvisionedProduct, Version } from '../state';
import { createStack, deleteStack, StackFailed, updateStack } from './stack';

/** AWS documents the member and not its values. */
const ERROR_CODE = 'AmazonCloudFormationException';

/** Does what records ask for, in the background, and writes into them what became of it. */
export class Launches {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly sessions: Sessions,
    private readonly log: (line: string) => void,
  ) {}

  /** Makes the stack of a provisioned product that is new. */
  provision(caller: Caller, record: LaunchRecord, version: Version, parameters: readonly Parameter[]): void {
    const { provisioned } = record;
    this.begin(caller, record, async ({ cloudFormation }) => {
      const { stackName, tags } = provisioned;
      const source = { stackName, templateUrl: version.template.launchUrl, parameters, tags };
      const stack = await createStack(cloudFormation, source, (stackId) => {
        provisioned.stackId = stackId;
      });
      succeeded(record, stack);
    });
  }

  /** Updates the stack of a provisioned product to a version and parameters. */
  update(caller: Caller, record: LaunchRecord, version: Version, parameters: readonly Parameter[]): void {
    const { provisioned } = record;
    this.begin(caller, record, async ({ cloudFormation }) => {
      const { stackName, stackId = stackName } = provisioned;
      const tags = record.tags.length > 0 ? record.tags : undefined;
      const source = { stackName, templateUrl: version.template.launchUrl, parameters, ...(tags ? { tags } : {}) };
      const stack = await updateStack(cloudFormation, stackId, source);
      provisioned.versionId = record.versionId;
      provisioned.pathId = record.pathId;
      provisioned.launchRoleArn = record.launchRoleArn;
      if (tags) provisioned.tags = tags;
      succeeded(record, stack);
    });
  }

  /** Deletes the stack of a provisioned product, and forgets the product when that is done. */
  terminate(state: AccountState, record: LaunchRecord): void {
    const { provisioned } = record;
    this.begin(state.caller, record, async ({ cloudFormation }) => {
      if (provisioned.stackId !== undefined) await deleteStack(cloudFormation, provisioned.stackId);
      state.provisioned.delete(provisioned.id);
      finish(record, 'SUCCEEDED');
    });
  }

  /** Resolves when nothing is at work any more. */
  async idle(): Promise<void> {
    await Promise.all(this.running);
  }

  private begin(caller: Caller, record: LaunchRecord, work: (session: Session) => Promise<void>): void {
    const { provisioned } = record;
    const before = provisioned.status;
    provisioned.status = 'UNDER_CHANGE';
    provisioned.statusMessage = undefined;
    const job = this.inSession(caller, record, work).catch((error: unknown) => {
      this.log(`${record.type} of ${provisioned.name} failed: ${reasonOf(error)}`);
      failed(record, before, error);
    });
    this.running.add(job);
    void job.finally(() => this.running.delete(job));
  }

  private async inSession(caller: Caller, record: LaunchRecord, work: (session: Session) => Promise<void>) {
    const { launchRoleArn, provisioned } = record;
    record.status = 'IN_PROGRESS';
    record.updatedTime = new Date();
    // Without a launch role AWS takes the caller's own rights, which are the account's here.
    const session = launchRoleArn
      ? await this.sessions.assume(caller, launchRoleArn, `SC-${provisioned.id}`)
      : this.sessions.of(caller);
    try {
      await work(session);
    } finally {
      session.close();
    }
  }
}

function succeeded(record: LaunchRecord, stack: Stack): void {
  const { provisioned } = record;
  record.outputs = outputsOf(stack);
  provisioned.status = 'AVAILABLE';
  provisioned.lastSuccessfulProvisioningRecordId = record.id;
  finish(record, 'SUCCEEDED');
}

function failed(record: LaunchRecord, before: ProvisionedProduct['status'], error: unknown): void {
  const { provisioned } = record;
  const stack = error instanceof StackFailed ? error.failedStack : undefined;
  record.errors = [{ Code: ERROR_CODE, Description: reasonOf(error) }];
  // Tainted: the stack is there, but not as it was asked to be. Error: there is none that works (API_ProvisionedProductDetail).
  provisioned.status = works(stack, before) ? 'TAINTED' : 'ERROR';
  provisioned.statusMessage = reasonOf(error);
  finish(record, 'FAILED');
}

function works(stack: Stack | undefined, before: ProvisionedProduct['status']): boolean {
  if (before === 'UNDER_CHANGE' || before === 'ERROR') return false;
  // What failed before CloudFormation was asked left the stack as it was.
  return stack === undefined || !/^(?:CREATE_FAILED|ROLLBACK_|DELETE_)|_FAILED$/.test(stack.StackStatus ?? '');
}

function finish(record: LaunchRecord, status: LaunchRecord['status']): void {
  record.status = status;
  record.updatedTime = new Date();
}

/** What DescribeRecord answers: the stack's ARN and its outputs. */
function outputsOf({ StackId, Outputs = [] }: Stack): RecordOutput[] {
  const own = { OutputKey: 'CloudformationStackARN', OutputValue: StackId ?? '' };
  const arn = { ...own, Description: 'The ARN of the launched Cloudformation Stack' };
  return [
    arn,
    ...Outputs.map(({ OutputKey, OutputValue, Description }) => ({
      ...(OutputKey === undefined ? {} : { OutputKey }),
      ...(OutputValue === undefined ? {} : { OutputValue }),
      ...(Description === undefined ? {} : { Description }),
    })),
  ];
}
