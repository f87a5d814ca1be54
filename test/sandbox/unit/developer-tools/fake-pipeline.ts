import type { Caller } from '../../../../sandbox/aws-json/caller';
import type { Definition } from '../../../../sandbox/developer-tools/codepipeline/definition';
import { Engine } from '../../../../sandbox/developer-tools/codepipeline/engine';
import type { Execution } from '../../../../sandbox/developer-tools/codepipeline/execution';
import { ActionFailure, type Job, type JobResult } from '../../../../sandbox/developer-tools/codepipeline/job';
import type { Pipeline } from '../../../../sandbox/developer-tools/codepipeline/pipeline';
import { Pipelines } from '../../../../sandbox/developer-tools/codepipeline/pipelines';

export const CALLER: Caller = { account: '111122223333', region: 'us-east-1' };

type Action = Definition['stages'][number]['actions'][number];

/** An action of a type that runs here, with what tells it from others. */
export function action(name: string, more: Partial<Action> & { provider?: string } = {}): Action {
  const { provider = 'CodeBuild', ...rest } = more;
  const category = { CodeCommit: 'Source', CodeBuild: 'Build', CloudFormation: 'Deploy' }[provider];
  const build = { configuration: { ProjectName: 'p' }, inputArtifacts: [{ name: 'Code' }] };
  return {
    name,
    actionTypeId: { category: category as 'Source', owner: 'AWS', provider, version: '1' },
    ...(provider === 'CodeBuild' ? build : {}),
    ...rest,
  };
}

export function source(name = 'Source', more: Partial<Action> = {}): Action {
  const configuration = { RepositoryName: 'r', BranchName: 'main', PollForSourceChanges: 'false' };
  return action(name, { provider: 'CodeCommit', configuration, outputArtifacts: [{ name: 'Code' }], ...more });
}

/** A definition of a source stage and further stages. */
export function definition(
  stages: Readonly<Record<string, readonly Action[]>>,
  more: Partial<Definition> = {},
): Definition {
  const all = Object.entries({ Source: [source()], ...stages });
  return {
    name: 'p',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    artifactStore: { type: 'S3', location: 'bucket' },
    pipelineType: 'V2',
    stages: all.map(([name, actions]) => ({ name, actions: [...actions] })),
    ...more,
  };
}

/** An action that a test ends by hand. */
interface Running {
  readonly job: Job;
  succeed(result?: JobResult): void;
  fail(message: string): void;
}

/** A pipeline whose actions are run by the test, and what happened to its executions. */
export class FakePipeline {
  readonly seen: string[] = [];
  readonly pipelines: Pipelines;
  readonly pipeline: Pipeline;
  private readonly running: Running[] = [];
  private readonly names = new Map<string, string>();

  constructor(of: Definition) {
    const observer = {
      execution: (_pipeline: Pipeline, { id, status }: Execution) => this.note(id, `${status}`),
      stage: (_pipeline: Pipeline, { id }: Execution, run: { stage: string; status: string | undefined }) =>
        this.note(id, `${run.stage} ${run.status}`),
      action: (_pipeline: Pipeline, { id }: Execution, run: { action: Action; status: string | undefined }) =>
        this.note(id, `${run.action.name} ${run.status}`),
    };
    const run = (job: Job) =>
      new Promise<JobResult>((resolve, reject) => {
        const fail = (message: string) => reject(new ActionFailure('JobFailed', message));
        this.running.push({ job, succeed: (result = {}) => resolve(result), fail });
      });
    this.pipelines = new Pipelines(new Engine({ run, observer }));
    this.pipeline = this.pipelines.create(CALLER, of, 'test');
  }

  start(): Execution {
    return this.pipelines.engine.start(this.pipeline, { triggerType: 'StartPipelineExecution' });
  }

  /** The n-th execution, counted from one. */
  execution(n: number): Execution {
    const found = this.pipeline.executions[n - 1];
    if (!found) throw new Error(`there is no execution ${n}`);
    return found;
  }

  /** The action that runs under a name, of an execution. @throws Error when it does not run */
  async action(n: number, name: string): Promise<Running> {
    await settle();
    const { id } = this.execution(n);
    const found = this.running.find(({ job }) => job.executionId === id && job.action.name === name);
    if (!found) throw new Error(`${name} of execution ${n} does not run: ${this.runningNames().join(', ')}`);
    this.running.splice(this.running.indexOf(found), 1);
    return found;
  }

  /** Lets an action succeed. */
  async succeed(n: number, name: string, result?: JobResult): Promise<void> {
    (await this.action(n, name)).succeed(result);
    await settle();
  }

  async fail(n: number, name: string, message: string): Promise<void> {
    (await this.action(n, name)).fail(message);
    await settle();
  }

  /** `<execution> <action>` of what runs. */
  runningNames(): string[] {
    return this.running.map(({ job }) => `${this.names.get(job.executionId)} ${job.action.name}`);
  }

  /** The statuses of all executions. */
  statuses(): string[] {
    return this.pipeline.executions.map(({ status }) => `${status}`);
  }

  private note(id: string, what: string): void {
    if (!this.names.has(id)) this.names.set(id, String(this.names.size + 1));
    this.seen.push(`${this.names.get(id)} ${what}`);
  }
}

/** Lets everything that is due happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
}
