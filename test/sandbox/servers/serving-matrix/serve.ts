import { execFile } from 'node:child_process';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateModelCommand, DeleteEndpointCommand } from '@aws-sdk/client-sagemaker';
import { placeFiles } from '../../../../lambda/create/place-files';
import type { ChoiceSettings } from '../../../../lambda/packaging/choice';
import type { ModelEnvironment } from '../../../../lambda/packaging/environment';
import { RefusedError } from '../../../../lambda/shared/errors';
import type { FolderSource } from '../../../../lambda/shared/packing/model-folder';
import { type PreparedPackage, preparePackage } from '../../../../lambda/shared/packing/prepare';
import type { TestSink } from '../../../support/archive/sink';
import { choiceSettings } from '../../../support/choice-settings';
import { modelVersion } from '../../../support/versions';
import { configure, deploy, invoke } from '../sagemaker/hosting';
import { ACCOUNT, REGION, requirePython, type Stage } from '../sagemaker/stage';
import type { Numbers, Trained } from './train';

const BUILDER = join(__dirname, '..', '..', '..', '..', 'environment-image');
const VARIANT = { ServerlessConfig: { MemorySizeInMB: 3072, MaxConcurrency: 2 } };
const run = promisify(execFile);

/** What became of a model. */
export interface Outcome {
  readonly way: 'AWS' | 'environment' | 'refused';
  /** Why it was refused. */
  readonly reason?: string;
  /** What is wrong: it must be empty. */
  readonly faults: readonly string[];
}

/** Serves a model folder as the installation does, and compares the answers. */
export class Serving {
  private readonly images = new Map<string, Promise<string>>();

  constructor(
    private readonly stage: Stage,
    private readonly sink: TestSink,
  ) {}

  async serve(name: string, folder: string, trained: Trained): Promise<Outcome> {
    let prepared: PreparedPackage;
    let archive: Buffer;
    let image: string;
    try {
      ({ prepared, archive } = await packageFolder(this.sink, name, folder, choiceSettings()));
      image = prepared.image ?? (await this.imageOf(prepared.environment));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return { way: 'refused', reason: error.message, faults: [] };
    }
    const way = prepared.image === undefined ? 'environment' : 'AWS';
    return { way, faults: await this.faults(name, image, archive, prepared, trained) };
  }

  private async faults(
    name: string,
    image: string,
    archive: Buffer,
    { packaging }: PreparedPackage,
    { requests }: Trained,
  ): Promise<string[]> {
    const { stage } = this;
    stage.aws.objects.set(`models/${name}.tar.gz`, archive);
    const container = { Image: image, ModelDataUrl: `s3://models/${name}.tar.gz`, Environment: packaging.environment };
    await stage.sagemaker.send(new CreateModelCommand({ ModelName: name, PrimaryContainer: container }));
    await configure(stage, name, name, VARIANT);
    const { EndpointStatus, FailureReason } = await deploy(stage, name);
    if (EndpointStatus !== 'InService') return [`${EndpointStatus}: ${FailureReason}`];
    const faults: string[] = [];
    for (const { body, expected } of requests) {
      const answer = await invoke(stage, name, body).then(
        ({ text }) => ({ text, numbers: answeredNumbers(text) }),
        (error: Error) => ({ text: error.message, numbers: null }),
      );
      if (!equal(answer.numbers, expected)) {
        faults.push(`expected ${JSON.stringify(expected)}, got ${answer.text.slice(0, 500)}`);
      }
    }
    await stage.sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
    return faults;
  }

  /** The environment image, built when first needed. @throws RefusedError with the builder's reason */
  private async imageOf(environment: ModelEnvironment | undefined): Promise<string> {
    if (environment === undefined) throw new Error('neither an image nor an environment');
    const { digest, spec } = environment;
    const build = this.images.get(digest) ?? this.build(digest, spec);
    this.images.set(digest, build);
    const image = `mlflow-mlops-environments@sha256:${await build}`;
    this.stage.aws.images.add(image);
    return `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${image}`;
  }

  private async build(digest: string, spec: unknown): Promise<string> {
    const inputs = await mkdtemp(join(this.stage.workDir, 'inputs-'));
    await writeFile(join(inputs, 'spec.json'), JSON.stringify(spec));
    const { stdout } = await run(requirePython(), ['-c', BUILD, inputs, digest, join(this.stage.workDir, 'images')], {
      cwd: BUILDER,
      maxBuffer: 2 ** 26,
    });
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { hex?: string; refused?: string };
    if (result.hex === undefined) throw new RefusedError(result.refused ?? '');
    return result.hex;
  }
}

/** Packages a model folder of this machine as the sync packages a version. @throws RefusedError if it cannot be served */
export async function packageFolder(
  sink: TestSink,
  name: string,
  folder: string,
  settings: ChoiceSettings,
): Promise<{ readonly prepared: PreparedPackage; readonly archive: Buffer }> {
  const source = folderSource(folder, name);
  const version = modelVersion({ name });
  const prepared = await preparePackage(source, version, settings);
  const placed = await placeFiles({
    client: sink.client,
    prepared,
    open: (path, position) => source.openFile(version, path, position),
    bucket: sink.bucket,
    groupName: name,
    checkpoint: undefined,
    stop: AbortSignal.timeout(600_000),
  });
  if (placed.outcome === 'paused') throw new Error(placed.reason);
  const archive = await sink.read(placed.url.slice(`s3://${sink.bucket}/`.length));
  if (archive === undefined) throw new Error(`${placed.url} is not in the bucket`);
  return { prepared, archive };
}

const BUILD = `
import hashlib, json, sys
from pathlib import Path
from builder import folder
from builder.failure import Failed
from builder.timing import Timing
inputs, digest, folders = sys.argv[1:]
try:
    manifest, _ = folder.build(json.loads((Path(inputs) / "spec.json").read_text()), digest, Path(inputs), Path(folders), Timing())
    print(json.dumps({"hex": hashlib.sha256(manifest.encode()).hexdigest()}))
except Failed as error:
    print(json.dumps({"refused": f"{error.reason} {error.fix}"}))
`;

/** A model folder of this machine, as a registry lists and opens it. */
function folderSource(folder: string, id: string): FolderSource {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return {
    id: 'https://mlflow.example',
    artifactId: async () => id,
    locate: async () => undefined,
    listFiles: async () => paths.sort().map((path) => ({ path, size: statSync(join(folder, path)).size })),
    openFile: async (_version, path, position) => ({
      bytes: createReadStream(join(folder, path), { start: position?.offset ?? 0 }),
      size: statSync(join(folder, path)).size,
    }),
  };
}

/** The numbers of an endpoint's answer. MLflow writes a missing number of a list as Python does. */
export function answeredNumbers(text: string): (number | null)[] {
  return numbersOf(JSON.parse(text.replaceAll(/\bNaN\b/g, 'null')));
}

/** The numbers of an answer in their order, whatever holds them. */
function numbersOf(value: unknown): (number | null)[] {
  if (typeof value === 'number' || value === null) return [value];
  return typeof value === 'object' ? Object.values(value).flatMap(numbersOf) : [];
}

/** null is an error, which an endpoint must answer with where `mlflow.pyfunc` raises. */
export function equal(actual: Numbers, expected: Numbers): boolean {
  if (actual === null || expected === null) return actual === expected;
  const close = (one: number | null, other: number | null | undefined) =>
    typeof one === 'number' && typeof other === 'number'
      ? Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(other))
      : one === other;
  return actual.length === expected.length && actual.every((one, at) => close(one, expected[at]));
}
