import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeStackResourcesCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  ListActionExecutionsCommand,
  type PipelineExecutionSummary,
  paginateListPipelineExecutions,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { pipelineReport } from '../../sandbox/catalog/pipelines';
import { type ProvisionedModel, provisionModel } from '../../sandbox/catalog/provision';
import { terminateModel } from '../../sandbox/catalog/terminate';
import { endpointsOf, largestDifference, predict } from '../../sandbox/demo/endpoint';
import { call } from '../../sandbox/demo/registry';
import type { TrainedModel } from '../../sandbox/demo/trained-model';
import { until } from '../../sandbox/demo/until';
import type { Stage } from './stories';

/** How long one run of a model's pipeline may take; two run side by side on two cores take a minute. */
const RUN_MS = 300_000;
/** Nothing more comes of a change after this: events arrive within a second, and their function answers within two. */
const QUIET_MS = 5_000;

/** A model's pipeline, as tests follow it. */
export class Deployment {
  private constructor(
    private readonly stage: Stage,
    private readonly modelName: string,
    private readonly product: ProvisionedModel,
  ) {}

  /** Provisions the product for a model, as an end user does it in Service Catalog. */
  static async provision(stage: Stage, modelName: string): Promise<Deployment> {
    return new Deployment(stage, modelName, await provisionModel(stage.env, modelName));
  }

  /** Terminates the product. */
  async terminate(): Promise<void> {
    await terminateModel(this.stage.env, this.modelName);
  }

  get group(): string {
    return this.product.groupName;
  }

  /** The stack that Service Catalog made. */
  get stackOfProduct(): string {
    return this.product.stackName;
  }

  get pipelineName(): string {
    return `sagemaker-mlflow-${this.group}-pipeline`;
  }

  get repository(): string {
    return join(this.stage.env.REPOSITORIES, `sagemaker-mlflow-${this.group}-deployment.git`);
  }

  stackName(environment: 'Staging' | 'Production'): string {
    return `sagemaker-mlflow-${this.group}-${environment}Stack-ModelDeploy`;
  }

  /** All runs of the pipeline, the newest first. */
  async runs(): Promise<PipelineExecutionSummary[]> {
    const runs: PipelineExecutionSummary[] = [];
    const pages = paginateListPipelineExecutions(
      { client: this.stage.aws.codePipeline },
      { pipelineName: this.pipelineName },
    );
    for await (const { pipelineExecutionSummaries } of pages) {
      runs.push(...(pipelineExecutionSummaries ?? []));
    }
    return runs;
  }

  /** Waits until no run is in progress and none has begun for a while. */
  async settled(): Promise<PipelineExecutionSummary[]> {
    let quietSince = Date.now();
    let seen = '';
    return until(
      `the end of all runs of ${this.pipelineName}`,
      async () => {
        const runs = await this.runs();
        const now = runs.map(({ pipelineExecutionId, status }) => `${pipelineExecutionId} ${status}`).join();
        if (now !== seen || runs.some(({ status }) => status === 'InProgress' || status === 'Stopping')) {
          seen = now;
          quietSince = Date.now();
        }
        return Date.now() - quietSince > QUIET_MS && runs;
      },
      RUN_MS,
    );
  }

  /**
   * Makes a change and waits for all that comes of it.
   *
   * @returns the runs that it brought about, the newest first
   */
  async runsOf(change: () => unknown, withinMs = 240_000): Promise<PipelineExecutionSummary[]> {
    const before = new Set((await this.settled()).map(({ pipelineExecutionId }) => pipelineExecutionId));
    await change();
    await until(`a run of ${this.pipelineName}`, async () => (await this.runs()).length > before.size, withinMs);
    return (await this.settled()).filter(({ pipelineExecutionId }) => !before.has(pipelineExecutionId));
  }

  /** Starts the pipeline by hand. */
  start(): Promise<unknown> {
    return this.stage.aws.codePipeline.send(new StartPipelineExecutionCommand({ name: this.pipelineName }));
  }

  /** What the newest run's failed action left: the log of its build, or the reason in CloudFormation's words. */
  async failure(): Promise<string> {
    return (await pipelineReport(this.stage.env, this.modelName)).failure ?? '';
  }

  /** Waits until the newest run is in the middle of an action. */
  async untilAction(actionName: string): Promise<void> {
    await until(`action ${actionName} at work`, async () => {
      const [{ pipelineExecutionId } = {}] = await this.runs();
      const { actionExecutionDetails = [] } = await this.stage.aws.codePipeline.send(
        new ListActionExecutionsCommand({ pipelineName: this.pipelineName, filter: { pipelineExecutionId } }),
      );
      return actionExecutionDetails.some((one) => one.actionName === actionName && one.status === 'InProgress');
    });
  }

  /** The physical ids of the product's resources, by their logical ids. */
  async physicalIds(): Promise<Record<string, string>> {
    const { StackResources = [] } = await this.stage.aws.cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: this.product.stackName }),
    );
    return Object.fromEntries(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  }

  /** The repositories that are or were this model's. */
  repositories(): string[] {
    return readdirSync(this.stage.env.REPOSITORIES)
      .filter((name) => name.startsWith(`sagemaker-mlflow-${this.group}-`))
      .map((name) => name.replace(/\.git$/, ''))
      .sort();
  }

  /** The model's webhooks at the Databricks workspace. */
  async webhooks(): Promise<unknown[]> {
    const query = new URLSearchParams({ model_name: this.modelName });
    const answer = (await call(this.stage.env, 'GET', `registry-webhooks/list?${query}`)) as { webhooks?: unknown[] };
    return answer.webhooks ?? [];
  }

  /** The outputs of an environment's stack. */
  outputs(environment: 'Staging' | 'Production'): Promise<Record<string, string> | undefined> {
    return this.outputsOf(this.stackName(environment));
  }

  /** The outputs of a stack, by their keys; undefined where there is no stack. */
  async outputsOf(stackName: string): Promise<Record<string, string> | undefined> {
    try {
      const { Stacks } = await this.stage.aws.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
      return Object.fromEntries(
        (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
      );
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) {
        return undefined;
      }
      throw error;
    }
  }

  /** The names of the group's endpoints, in alphabetical order. */
  endpoints(): Promise<string[]> {
    return endpointsOf(this.stage.aws, this.group);
  }

  /** An endpoint as SageMaker describes it. */
  describe(endpoint: string) {
    return this.stage.aws.sageMaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }));
  }

  /** How far an endpoint's answer is from what MLflow itself predicts. */
  async difference(endpoint: string, model: TrainedModel): Promise<number> {
    return largestDifference(await predict(this.stage.aws, endpoint, model.request), model.predictions);
  }

  /** Changes files of the repository by a commit, and pushes it as a user does. */
  push(message: string, change: (folder: string) => void): void {
    const folder = mkdtempSync(join(tmpdir(), 'deployment-'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    try {
      execFileSync('git', ['clone', '--quiet', this.repository, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
      change(folder);
      git('commit', '--quiet', '--all', '--message', message);
      git('push', '--quiet', 'origin', 'HEAD:main');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Pushes another `inference.yaml`. */
  pushConfiguration(message: string, edit: (text: string) => string): void {
    this.push(message, (folder) => {
      const file = join(folder, 'inference.yaml');
      writeFileSync(file, edit(readFileSync(file, 'utf8')));
    });
  }
}
