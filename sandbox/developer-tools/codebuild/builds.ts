import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Caller } from '../../aws-json/caller';
import { ServiceError } from '../../aws-json/errors';
import type { EventSender } from '../../aws-json/events';
import { keyOf } from '../keys';
import { Build, type BuildRequest } from './build';
import { invalidInput } from './errors';
import { sendStateChange } from './events';
import { type BuildTools, runBuild } from './run-build';

/** API_StartBuild, idempotencyToken: so long one is remembered. */
const TOKEN_MS = 5 * 60 * 1000;

/** The builds of all accounts: those that run, and those that ran. */
export class Builds {
  private readonly builds = new Map<string, Build>();
  private readonly running = new Map<Build, Promise<void>>();
  private readonly tokens = new Map<string, { build: Build; request: string; since: number }>();

  /** @param folder where each build has its folder, with its log */
  constructor(
    private readonly folder: string,
    private readonly tools: BuildTools,
    private readonly events: EventSender,
    private readonly log: (line: string) => void,
  ) {}

  /** Starts a build. @throws ServiceError when the project has as many builds as it may have at once */
  start(request: BuildRequest): Build {
    const { project, caller } = request;
    const limit = project.details.concurrentBuildLimit;
    const active = [...this.running.keys()].filter(
      ({ request, details }) => request.project === project && details.buildComplete === false,
    ).length;
    if (limit !== undefined && active >= limit) {
      const message = `Cannot have more than ${limit} active builds for the project`;
      throw new ServiceError('AccountLimitExceededException', message);
    }
    project.builds += 1;
    const uuid = randomUUID();
    const logFile = join(this.folder, uuid, 'log');
    mkdirSync(join(this.folder, uuid), { recursive: true });
    writeFileSync(logFile, '');
    const build = new Build(request, uuid, logFile, project.builds);
    this.builds.set(keyOf(caller, build.details.id), build);
    this.running.set(build, this.run(build));
    return build;
  }

  /**
   * Starts a build once for a token: within five minutes the same request gives the same build (API_StartBuild, idempotencyToken).
   *
   * @throws ServiceError for another request with the token
   */
  once(caller: Caller, token: string, request: object, start: () => Build): Build {
    const key = keyOf(caller, token);
    const known = this.tokens.get(key);
    const text = JSON.stringify(request);
    if (known === undefined || Date.now() - known.since > TOKEN_MS) {
      const build = start();
      this.tokens.set(key, { build, request: text, since: Date.now() });
      return build;
    }
    if (known.request !== text) throw invalidInput('The idempotency token was used with other parameters');
    return known.build;
  }

  /** Orders a build to end; one that ended already is left as it is. @throws ServiceError when there is none */
  stop(owner: Caller, id: string): Build {
    const build = this.find(owner, id);
    if (!build) throw new ServiceError('ResourceNotFoundException', `Build cannot be found: ${id}`);
    if (this.running.has(build)) order(build, 'STOPPED');
    return build;
  }

  /** By id or ARN. */
  find(owner: Caller, idOrArn: string): Build | undefined {
    return this.builds.get(keyOf(owner, idOrArn.replace(/^arn:.*:build\//, '')));
  }

  /** The builds of a project, the latest first. */
  of(owner: Caller, project: string): Build[] {
    const all = [...this.builds.values()].reverse();
    return all.filter(
      ({ request: { caller }, details }) =>
        caller.account === owner.account && caller.region === owner.region && details.projectName === project,
    );
  }

  /** Resolves when a build has ended. */
  async ended(build: Build): Promise<void> {
    await this.running.get(build);
  }

  /** Ends all builds, with their processes. */
  async close(): Promise<void> {
    for (const build of this.running.keys()) order(build, 'STOPPED');
    await Promise.all(this.running.values());
  }

  private async run(build: Build): Promise<void> {
    const { details, request, logFile } = build;
    this.log(`build ${details.id} started by ${request.initiator}: ${logFile}`);
    sendStateChange(this.events, build);
    const timer = setTimeout(() => order(build, 'TIMED_OUT'), (details.timeoutInMinutes ?? 60) * 60_000);
    try {
      await runBuild(build, this.tools);
    } finally {
      clearTimeout(timer);
      this.running.delete(build);
      sendStateChange(this.events, build);
    }
    this.log(`build ${details.id} ${details.buildStatus}${build.failure === undefined ? '' : `: ${build.failure}`}`);
  }
}

function order(build: Build, end: 'STOPPED' | 'TIMED_OUT'): void {
  build.ordered ??= end;
  build.interrupt();
}
