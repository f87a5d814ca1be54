import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EnvironmentRequest } from '../../lambda/environments/build-record';
import { endBuild } from '../../lambda/environments/end-build';
import { EnvironmentBuilds } from '../../lambda/environments/environment-builds';
import type { BuildReport, BuildResult } from '../../lambda/environments/environment-files';
import { type Effects, requestEnvironment } from '../../lambda/environments/request-environment';
import { RefusedError, TransientError } from '../../lambda/shared/errors';
import { Table } from './world/dynamodb';
import { Outside, ProcessDied } from './world/outside';
import { Turns } from './world/turns';

const MINUTE_MS = 60_000;
/** CodeBuild ends a build after its two limits, of 30 minutes each. */
const BUILD_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Tries of a step by the state machine, and of an asynchronous event by Lambda. */
const TRIES = 5;

/** A build as CodeBuild has it. */
export interface Build {
  readonly id: string;
  readonly digest: string;
  readonly token: string;
  readonly startedAt: number;
  ended: boolean;
}

/** A client of DynamoDB whose table is in memory. */
export function clientOf(table: Table, call: <T>(what: string, input: unknown, effect: () => T) => Promise<T>) {
  const actions: Readonly<Record<string, (input: never) => unknown>> = {
    Get: (input) => table.get(input),
    Update: (input) => table.update(input),
    Delete: (input) => table.delete(input),
    Query: (input) => table.query(input),
  };
  const send = (command: { readonly input: unknown; readonly constructor: { readonly name: string } }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    const action = actions[name];
    if (action === undefined) {
      throw new Error(`${name} is not known here`);
    }
    return call(`dynamodb.${name}`, command.input, () => action(command.input as never));
  };
  return Object.assign(Object.create(DynamoDBDocumentClient.prototype), { send }) as DynamoDBDocumentClient;
}

/**
 * Syncs of models that need environments, their builds and what ends these, in memory. All calls take turns; processes may die at
 * any of them. What must never be is written down in `faults` as it happens.
 */
export class EnvironmentWorld {
  readonly outside: Outside;
  readonly builds: Build[] = [];
  /** Models that have a package. */
  readonly packages = new Set<string>();
  readonly refused = new Map<string, string>();
  readonly waited = new Map<string, string>();
  readonly faults: string[] = [];
  readonly images = new Set<string>();
  readonly store: EnvironmentBuilds;
  /** Who dies is not tried again: all of the account was out. */
  everythingDies = false;
  /** CodeBuild refuses so many starts. */
  refusals = 0;
  private readonly turns: Turns;
  private readonly table = new Table();
  private readonly reports = new Map<string, BuildReport & { readonly at: number }>();
  private readonly syncing = new Map<string, { again: boolean }>();
  private readonly started = new Set<string>();
  /** Environments that a person wants to be built, until a build starts. */
  private readonly wishes = new Set<string>();
  private executions = 0;
  private clock = Date.parse('2030-01-02T03:04:05Z');

  /** @param environments digest of each model's environment */
  constructor(
    private readonly environments: Readonly<Record<string, string>>,
    seed: number,
  ) {
    this.turns = new Turns(seed);
    this.outside = new Outside(this.turns);
    const client = clientOf(this.table, (what, input, effect) => this.outside.call(what, input, effect));
    this.store = new EnvironmentBuilds({ client, name: 'table' });
  }

  get models(): string[] {
    return Object.keys(this.environments);
  }

  get running(): Build[] {
    return this.builds.filter(({ ended }) => !ended);
  }

  /** Starts a sync, as a hint or the schedule does. One that meets another of the same model is run after it. */
  sync(modelName: string, retry = false): void {
    const running = this.syncing.get(modelName);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const state = { again: false };
    this.syncing.set(modelName, state);
    void this.execute(modelName, retry).finally(() => {
      this.syncing.delete(modelName);
      if (state.again) {
        this.sync(modelName);
      }
    });
  }

  give(turns?: number): Promise<void> {
    return this.turns.give(turns);
  }

  /** Lets time pass once nothing is at work, since calls take seconds, and CodeBuild end the builds whose time is over. */
  async pass(minutes: number): Promise<void> {
    await this.give();
    this.clock += minutes * MINUTE_MS;
    for (const build of this.running.filter(({ startedAt }) => this.clock - startedAt >= BUILD_MS)) {
      this.end(build, undefined, true);
    }
  }

  /**
   * Ends a build.
   *
   * @param result what the build reports; undefined where it was killed before it could
   * @param lost whether the event gets lost
   */
  end(build: Build, result: BuildResult | undefined, lost: boolean): void {
    build.ended = true;
    if (result?.state === 'ready') {
      this.images.add(build.digest);
    }
    if (result !== undefined) {
      this.reports.set(build.digest, { build: build.id, result, at: this.clock });
    }
    if (!lost) {
      void this.deliver(build);
    }
  }

  private async execute(modelName: string, retry: boolean): Promise<void> {
    const digest = this.environments[modelName] ?? '';
    const request: EnvironmentRequest = { modelName, owner: `execution-${++this.executions}`, retry };
    for (let tries = 0; tries < TRIES && !(tries > 0 && this.everythingDies); tries++) {
      try {
        const answer = await this.outside.process(() =>
          requestEnvironment(digest, request, this.effects(digest, retry)),
        );
        if ('waits' in answer) {
          this.waited.set(modelName, answer.waits);
        } else {
          this.packages.add(modelName);
        }
        return;
      } catch (error) {
        if (error instanceof RefusedError) {
          this.refused.set(modelName, error.message);
          return;
        }
        if (!(error instanceof ProcessDied || error instanceof TransientError)) {
          this.faults.push(String(error));
          return;
        }
      }
    }
  }

  private async deliver({ digest, id }: Build): Promise<void> {
    for (let tries = 0; tries < 3 && !(tries > 0 && this.everythingDies); tries++) {
      try {
        const { now, read, write, report } = this.effects(digest, false);
        const startSync = (modelName: string) =>
          this.outside.call('sfn.StartExecution', { modelName, id }, () => {
            if (!this.started.has(`${modelName} ${id}`)) {
              this.started.add(`${modelName} ${id}`);
              this.sync(modelName);
            }
          });
        await this.outside.process(() => endBuild(id, { now, read, write, report, startSync }));
        return;
      } catch (error) {
        if (!(error instanceof ProcessDied)) {
          this.faults.push(String(error));
        }
      }
    }
  }

  private effects(digest: string, wished: boolean): Effects {
    return {
      now: () => this.clock,
      read: () => this.store.read(digest),
      write: (before, record) => {
        if (wished && record.state === 'building') {
          this.wishes.add(digest);
        }
        return this.store.write(digest, before, record);
      },
      findImage: () =>
        this.outside.call('ecr.DescribeImages', { digest }, () =>
          this.images.has(digest) ? `repository@${digest}` : undefined,
        ),
      report: () => this.outside.call('s3.GetObject', { digest }, () => this.reports.get(digest)),
      saveFiles: () => this.outside.call('s3.PutObject', { digest }, () => undefined),
      startBuild: (token) =>
        this.outside.call('codebuild.StartBuild', { digest, token }, () => this.startBuild(digest, token)),
    };
  }

  private startBuild(digest: string, token: string): string {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw Object.assign(new Error('Cannot have more than 1 builds in queue for the account'), {
        name: 'AccountLimitExceededException',
        $metadata: { httpStatusCode: 400 },
      });
    }
    const known = this.builds.find((one) => one.token === token && this.clock - one.startedAt < 5 * MINUTE_MS);
    if (known !== undefined) {
      return known.id;
    }
    const id = `mlflow-mlops-environments:${this.builds.length + 1}`;
    if (this.running.some((one) => one.digest === digest)) {
      this.faults.push(`${id} of ${digest} was started beside another build`);
    }
    const last = this.reports.get(digest);
    if (
      last?.result.state === 'failed' &&
      last.result.cause !== 'passing' &&
      !this.wishes.has(digest) &&
      this.clock - last.at < DAY_MS
    ) {
      this.faults.push(`${id} repeats a failed build of ${digest}`);
    }
    this.wishes.delete(digest);
    this.builds.push({ id, digest, token, startedAt: this.clock, ended: false });
    return id;
  }
}
