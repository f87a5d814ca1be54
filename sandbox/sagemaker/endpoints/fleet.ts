import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ProductionVariant, ProductionVariantSummary } from '@aws-sdk/client-sagemaker';
import { reasonOf } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { ensureTensorFlow } from '../../setup/venv';
import { type ContainerImages, parseEcrImage } from '../container-images';
import type { ModelData } from '../model-data';
import type { AccountState, StoredEndpointConfig } from '../state';
import { deployedVariant } from '../variants';
import { canConfine } from './confinement';
import { healthProblem } from './health-check';
import { environmentFolder, frameworkImageOf, workerKindOf } from './images';
import { type Deployable, resolveModel } from './resolve';
import { type WorkerOptions, WorkerProcess, WorkerStartError } from './worker-process';

/** What all fleets share. */
export interface FleetOptions {
  readonly python: string;
  readonly workDir: string;
  /** Where builds make environment images. */
  readonly imagesDir: string;
  /** Variables by which this machine reaches package indexes. */
  readonly machine: Readonly<Record<string, string>>;
  readonly modelData: ModelData;
  readonly images: ContainerImages;
  readonly log: (line: string) => void;
}

/** A variant that serves. */
export interface RunningVariant {
  readonly url: string;
  readonly summary: ProductionVariantSummary;
  readonly serverless: Valid<ProductionVariant>['ServerlessConfig'] | undefined;
  inFlight: number;
}

/**
 * Within how long a container must answer its pings, unless ContainerStartupHealthCheckTimeoutInSeconds says otherwise, which
 * serverless endpoints do not take (sagemaker/latest/dg/your-algorithms-inference-code.html).
 */
const HEALTH_CHECK_SECONDS = { instances: 480, serverless: 180 };
const DRAIN_STEP_MS = 20;

/** The worker of one deployment of one endpoint configuration, whatever the number of instances. */
export class Fleet {
  variant: RunningVariant | undefined;
  private readonly stops: (() => Promise<void>)[] = [];
  private readonly folders: string[] = [];
  private stopped = false;

  constructor(
    private readonly options: FleetOptions,
    private readonly endpointName: string,
  ) {}

  /**
   * Starts the variant and loads its model.
   *
   * @throws Error whose message is the endpoint's FailureReason; the caller then stops the fleet
   */
  async start(state: AccountState, config: StoredEndpointConfig): Promise<void> {
    const [variant] = config.details.ProductionVariants;
    if (variant) this.variant = await this.startVariant(state, variant);
  }

  /** Waits until no request is being answered: an update loses none (API_UpdateEndpoint). */
  async drained(): Promise<void> {
    while (!this.stopped && (this.variant?.inFlight ?? 0) > 0) await setTimeout(DRAIN_STEP_MS);
  }

  /** Ends all workers, those that are still starting too, and removes their folders. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.stops.map((stop) => stop()));
    await Promise.all(this.folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }

  private async startVariant(state: AccountState, variant: Valid<ProductionVariant>): Promise<RunningVariant> {
    const model = resolveModel(state, variant.ModelName ?? '');
    await this.requireImage(state, model, variant.VariantName);
    const image = environmentFolder(model.image, this.options.imagesDir);
    const framework = frameworkImageOf(model.image);
    const serves =
      image !== undefined ? { image } : framework !== undefined ? { framework } : { kind: workerKindOf(model.image) };
    if ('kind' in serves && serves.kind === 'tensorflow_serving') {
      await ensureTensorFlow(this.options.python, this.options.log);
    }
    await mkdir(this.options.workDir, { recursive: true });
    const folder = await mkdtemp(join(this.options.workDir, `${this.endpointName}-${variant.VariantName}-`));
    this.folders.push(folder);
    const archive = await this.fetchData(state, model, folder);
    const log = (line: string) => this.options.log(`${this.endpointName}/${variant.VariantName}: ${line}`);
    const limits = {
      cache: join(process.env.XDG_CACHE_HOME || join(userInfo().homedir, '.cache'), 'mlflow-mlops', 'images'),
      machine: this.options.machine,
      confined: await canConfine(),
      memory: variant.ServerlessConfig?.MemorySizeInMB,
      seconds: healthCheckSeconds(variant),
    };
    const worker = await this.startWorker(model, { serves, folder, archive, log, ...limits }, variant.VariantName);
    await this.ping(worker, variant);
    const summary = deployedVariant(variant, model.image, new Date());
    return { url: worker.url, summary, serverless: variant.ServerlessConfig, inFlight: 0 };
  }

  /** @throws Error in AWS's words when the image was deleted since the model was made */
  private async requireImage({ caller }: AccountState, { image }: Deployable, variantName: string): Promise<void> {
    const parsed = parseEcrImage(image);
    // Without an identity: SageMaker itself looks, not whoever called first.
    const { account, region } = caller;
    if (parsed !== undefined && (await this.options.images.has({ account, region }, parsed))) return;
    throw new Error(
      `Please make sure all images included in the model for the production variant ${variantName} exist, and that the ` +
        'execution role used to create the model has permissions to access them.',
    );
  }

  private async fetchData(state: AccountState, { data }: Deployable, folder: string): Promise<string | undefined> {
    const model = join(folder, 'ml', 'model');
    await mkdir(model, { recursive: true });
    if (!data) return undefined;
    try {
      if (data.kind === 'prefix') {
        await this.options.modelData.downloadPrefix(state.caller, data.location, model);
        return undefined;
      }
      const archive = join(folder, 'model.tar.gz');
      await this.options.modelData.download(state.caller, data.location, archive);
      return archive;
    } catch (error) {
      throw new Error(`Failed to download model data from URL "${data.url}". Reason: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  private async startWorker(
    model: Deployable,
    where: Omit<WorkerOptions, 'python' | 'environment' | 'isolated'>,
    variantName: string,
  ): Promise<WorkerProcess> {
    if (this.stopped) throw new Error('The sandbox was stopped.');
    try {
      const { environment, isolated } = model;
      const options = { python: this.options.python, environment, isolated, ...where };
      return await WorkerProcess.start(options, (stop) => this.stops.push(stop));
    } catch (error) {
      if (error instanceof WorkerStartError && error.stage === 'archive') {
        throw new Error(
          `Failed to extract model data archive for container "container_1" from URL "${model.data?.url}". Please ensure that ` +
            `the object located at the URL is a valid tar.gz archive. Reason: ${error.message}`,
        );
      }
      throw new Error(pingFailure(variantName, reasonOf(error)), { cause: error });
    }
  }

  /** The health check, at which the worker loads the model. */
  private async ping(worker: WorkerProcess, variant: Valid<ProductionVariant>): Promise<void> {
    const seconds = healthCheckSeconds(variant);
    const reason = await healthProblem(worker, seconds);
    if (reason !== undefined) throw new Error(pingFailure(variant.VariantName, reason));
  }
}

function healthCheckSeconds(variant: Valid<ProductionVariant>): number {
  const kind = variant.ServerlessConfig ? 'serverless' : 'instances';
  return variant.ContainerStartupHealthCheckTimeoutInSeconds ?? HEALTH_CHECK_SECONDS[kind];
}

/** AWS's words, with the reason that AWS leaves in CloudWatch. */
function pingFailure(variantName: string, reason: string): string {
  return (
    `The primary container for production variant ${variantName} did not pass the ping health check. ` +
    `Please check CloudWatch logs for this endpoint. Reason: ${reason}`
  );
}
