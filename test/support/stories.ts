import { BatchGetBuildsCommand, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ENVIRONMENT_IMAGES } from '../../lib/names';
import type { SandboxContext, SandboxEnv } from '../../sandbox/cli/context';
import { type Aws, awsOf } from '../../sandbox/demo/aws';
import { enrolModels } from '../../sandbox/demo/enrolment';
import { executionNames, untilIdle, untilNoneRuns } from '../../sandbox/demo/executions';
import { listPackages, type SeenPackage } from '../../sandbox/demo/packages';
import { call } from '../../sandbox/demo/registry';
import { type TrainedModel, trainModel } from '../../sandbox/demo/trained-model';
import { until } from '../../sandbox/demo/until';

/** What the sync of one model came to. */
interface SyncedModel {
  readonly modelName: string;
  readonly outcome: string;
  readonly created?: number;
  readonly updated?: number;
  readonly deleted?: number;
  readonly blocked?: number;
  readonly deletesAt?: string;
  readonly failures?: readonly object[];
}

/** What a finished execution says. */
export interface Finished {
  readonly executionArn: string;
  readonly status: string;
  /** Name of the error that it ended with. */
  readonly error: string;
  readonly output: {
    /** Of one model, or of those that a sync of all ran an execution for. */
    readonly models: readonly SyncedModel[];
    /** Of a sync of all. */
    readonly enrolled?: number;
    readonly changed?: number;
    readonly synced?: number;
    readonly failed?: number;
  };
  readonly cause: string;
}

/** One account of the sandbox, with what stories do in it. */
export class Stage {
  readonly aws: Aws;
  private trained: Promise<TrainedModel & { source: string }> | undefined;

  constructor(
    readonly env: SandboxEnv,
    private readonly run = Math.random().toString(36).slice(2, 8),
  ) {
    this.aws = awsOf(env);
  }

  /** The registry past the workspace, behind its back: no webhook tells of what is done there, as if its delivery were lost. */
  get behind(): SandboxEnv {
    return { ...this.env, MLFLOW_TRACKING_URI: this.env.MLFLOW_SERVER_URI };
  }

  /** A name that no other test uses. */
  name(base: string): string {
    return `${base}-${this.run}`;
  }

  /** A real scikit-learn model, trained once; versions of any name are made from its files. */
  model(): Promise<TrainedModel & { source: string }> {
    this.trained ??= trainModel(this.env, 'sklearn', this.name('trained')).then(async (model) => {
      const query = new URLSearchParams({ name: model.name, version: model.version });
      const answer = (await call(this.env, 'GET', `model-versions/get?${query}`)) as {
        model_version: { source: string };
      };
      return { ...model, source: answer.model_version.source };
    });
    return this.trained;
  }

  /** Registers another version of a model, which is made where there is none. */
  async register(name: string, source?: string): Promise<string> {
    await call(this.env, 'POST', 'registered-models/create', { name }).catch((error: Error) => {
      if (!error.message.includes('RESOURCE_ALREADY_EXISTS')) {
        throw error;
      }
    });
    const from = source ?? (await this.model()).source;
    // MLflow wants to be told of what the source already names.
    const [, modelId] = /^models:\/(m-[^/]+)/.exec(from) ?? [];
    const [, runId] = /^runs:\/([^/]+)/.exec(from) ?? [];
    const answer = (await call(this.env, 'POST', 'model-versions/create', {
      name,
      source: from,
      model_id: modelId,
      run_id: runId,
    })) as { model_version: { version: string | number } };
    return String(answer.model_version.version);
  }

  /** Enrols a model and waits for its first sync. */
  async enrol(name: string): Promise<string> {
    const [group = ''] = await this.enrolAll([name], `enrolment-${name}`);
    return group;
  }

  /** Enrols models, in one stack, and waits for their first syncs. */
  async enrolAll(names: readonly string[], stackName = this.name('enrolments')): Promise<string[]> {
    const before = await executionNames(this.aws, this.env);
    const groups = await enrolModels(this.aws, stackName, names);
    await this.idle(before);
    return groups;
  }

  /** The versions that a group's packages belong to, in the order of their numbers. */
  async versionsIn(group: string): Promise<(string | undefined)[]> {
    const packages = await listPackages(this.aws, group);
    return packages.map(({ metadata }) => metadata.mlflow_version).sort((a, b) => Number(a) - Number(b));
  }

  /** Waits for packages as they are wanted, and then for the end of what brought them about. */
  async untilPackages(group: string, wanted: (packages: SeenPackage[]) => boolean): Promise<SeenPackage[]> {
    const packages = await until(`the packages of ${group}`, async () => {
      const seen = await listPackages(this.aws, group);
      return wanted(seen) && seen;
    });
    await this.idle();
    return packages;
  }

  /** Waits until no sync runs any more. A webhook that is still on its way is not seen. @throws Error if a sync failed */
  async idle(since?: ReadonlySet<string>): Promise<void> {
    const before = since ?? (await executionNames(this.aws, this.env));
    await this.settled(() => untilIdle(this.aws, this.env, before));
  }

  /** Waits for syncs, and for those that start when environment images have been built. */
  private async settled(endOfSyncs: () => Promise<void>): Promise<void> {
    await endOfSyncs();
    if (await this.endOfBuilds()) {
      // The event of the end is under way.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await endOfSyncs();
    }
  }

  /** Waits for the end of the environment images that are being built. @returns whether there were some */
  private async endOfBuilds(): Promise<boolean> {
    let any = false;
    await until(
      'the end of the builds of environment images',
      async () => {
        const project = { projectName: ENVIRONMENT_IMAGES };
        const { ids = [] } = await this.aws.codeBuild.send(new ListBuildsForProjectCommand(project));
        if (ids.length === 0) return true;
        const { builds = [] } = await this.aws.codeBuild.send(new BatchGetBuildsCommand({ ids }));
        const running = builds.some(({ buildStatus }) => buildStatus === 'IN_PROGRESS');
        any ||= running;
        return !running;
      },
      300_000,
    );
    return any;
  }

  /**
   * Syncs, as people do it by hand, and gives what came of it; a sync that only left word for a running one is repeated.
   *
   * @param matters which models that concerns: late deliveries of another test's model may have it synced meanwhile
   */
  async sync(input: object, matters: (modelName: string) => boolean = () => true): Promise<Finished> {
    return until('a sync of its own', async () => {
      // A running sync would be told to plan again, and again.
      await untilNoneRuns(this.aws, this.env);
      const finished = await this.syncOnce(input);
      if (finished.output.models.some(({ outcome }) => outcome === 'waiting')) {
        await this.settled(() => untilNoneRuns(this.aws, this.env));
        return undefined;
      }
      return finished.output.models.some(({ modelName, outcome }) => outcome === 'deferred' && matters(modelName))
        ? undefined
        : finished;
    });
  }

  private async syncOnce(input: object): Promise<Finished> {
    const { executionArn } = await this.aws.stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn: this.env.STATE_MACHINE_ARN, input: JSON.stringify(input) }),
    );
    const { status, output, error, cause } = await until('the end of a sync', async () => {
      const described = await this.aws.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      return described.status === 'RUNNING' ? undefined : described;
    });
    const said =
      status === 'SUCCEEDED' ? (JSON.parse(output ?? '{}') as SyncedModel | Omit<Finished['output'], 'models'>) : {};
    const all =
      'modelName' in said
        ? { models: [said] }
        : { ...said, models: 'modelName' in input ? [] : await this.syncedBy(executionArn ?? '') };
    return {
      executionArn: executionArn ?? '',
      status: status ?? '',
      output: all,
      error: error ?? '',
      cause: cause ?? '',
    };
  }

  /** What a sync of all did, by the executions that its list names; those that failed have no output. */
  private async syncedBy(executionArn: string): Promise<SyncedModel[]> {
    const items = await this.changedFor(executionArn.split(':').at(-1) ?? '');
    return Promise.all(
      items.map(async ({ name: own, input: { modelName } }) => {
        const { output } = await this.aws.stepFunctions.send(
          new DescribeExecutionCommand({ executionArn: executionArn.replace(/[^:]*$/, own) }),
        );
        return output === undefined ? { modelName, outcome: 'failed' } : (JSON.parse(output) as SyncedModel);
      }),
    );
  }

  /** The list that a sync of all made; one that was refused made none. */
  private async changedFor(execution: string): Promise<{ name: string; input: { modelName: string } }[]> {
    const list = { Bucket: this.env.ARTIFACT_BUCKET, Key: `syncs/${execution}/models.json` };
    try {
      const { Body } = await this.aws.s3.send(new GetObjectCommand(list));
      return JSON.parse((await Body?.transformToString()) ?? '[]');
    } catch (error) {
      if (error instanceof NoSuchKey) {
        return [];
      }
      throw error;
    }
  }
}

/** Both accounts. */
export function stages(context: SandboxContext): { databricks: Stage; openSource: Stage } {
  return { databricks: new Stage(context.env), openSource: new Stage(context.openSource) };
}
