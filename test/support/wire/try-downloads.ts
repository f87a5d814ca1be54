import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Checkpoint } from '../../../lambda/create/archive/pack-archive';
import { type Placed, placeFiles } from '../../../lambda/create/place-files';
import { archiveKey } from '../../../lambda/shared/packing/content-key';
import { type PreparedPackage, preparePackage } from '../../../lambda/shared/packing/prepare';
import type { ModelRegistry, ModelVersion } from '../../../lambda/shared/registry/registry';
import { tried } from '../../../trust/sizes';
import { startTestSink, type TestSink } from '../archive/sink';
import { choiceSettings } from '../choice-settings';
import { startFakeServer } from '../fake-server';
import { HASTY } from '../impatient';
import { type Case, DownloadCases, MLMODEL } from './download-cases';

const AT_ONCE = 16;
/** As many invocations may go on with one version. */
const GOES = 3;
/** Every model in one image, so that its archive is that of its framework. */
const settings = choiceSettings({
  overrides: { sklearn: '111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1' },
});

/**
 * Starts what cases are downloaded from and packed into, for the tests of one file.
 *
 * @returns tries all cases, several at once, and says what was wrong with which
 */
export function startDownloads(): (all: readonly Case[]) => Promise<void> {
  const cases = new DownloadCases(startFakeServer());
  let sink: TestSink;
  beforeAll(async () => {
    sink = await startTestSink();
  });
  afterAll(() => sink.close());

  return async (all) => {
    const faults: string[] = [];
    const queue = all[Symbol.iterator]();
    const worker = async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) {
        const fault = await faultOf(next.value, cases, sink);
        if (fault !== undefined) {
          faults.push(`${next.value.way}, ${next.value.what}: ${fault}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(faults).toEqual([]);
    tried('truncation', all.length);
  };
}

/** What is wrong with what became of a case; undefined where all is as it has to be. */
async function faultOf(one: Case, cases: DownloadCases, sink: TestSink): Promise<string | undefined> {
  const { registry, version } = cases.serve(one);
  const { prepared, placed, error } = await pack(registry, version, sink);
  const key = prepared && archiveKey(version.name, prepared.contentKey);
  const archive = key === undefined ? undefined : await sink.read(key);
  const open = [...sink.uploads.values()].filter((uploaded) => uploaded.startsWith(`models/${version.name}/`));
  const said = `${error?.name ?? ''}: ${error?.message ?? placed?.outcome}`;
  if (archive === undefined && error === undefined) {
    return `no archive and no error (${said})`;
  }
  if (archive !== undefined) {
    const files = await filesIn(archive);
    const same =
      error === undefined &&
      files.get('model/model.pkl')?.equals(one.bytes) &&
      files.get('model/MLmodel')?.toString() === MLMODEL &&
      files.size === prepared?.packaging.entries.length;
    return same && one.expected !== 'refused' ? noneOpen(open) : `an archive that must not be there (${said})`;
  }
  if (one.expected === 'whole') {
    return `no archive (${said})`;
  }
  if (!/^(RefusedError|TransientError)$/.test(error?.name ?? '') || !(one.reason ?? /./).test(said)) {
    return `another error: ${said}`;
  }
  return noneOpen(open);
}

function noneOpen(uploads: readonly string[]): string | undefined {
  return uploads.length === 0 ? undefined : `uploads left open: ${uploads.join(', ')}`;
}

interface Outcome {
  readonly prepared?: PreparedPackage;
  readonly placed?: Placed;
  readonly error?: Error;
}

/** Prepares and places a version, as the step does it, in as many invocations as it may. */
async function pack(registry: ModelRegistry, version: ModelVersion, sink: TestSink): Promise<Outcome> {
  let checkpoint: Checkpoint | undefined;
  let outcome: Outcome = {};
  for (let go = 0; go < GOES; go++) {
    try {
      const prepared = await preparePackage(registry, version, settings);
      outcome = { prepared };
      const placed = await placeFiles({
        client: sink.client,
        prepared,
        open: (path, position) => registry.openFile(version, path, position),
        bucket: sink.bucket,
        groupName: version.name,
        checkpoint,
        stop: new AbortController().signal,
        retries: HASTY,
      });
      if (placed.outcome !== 'paused') {
        return { prepared, placed };
      }
      outcome = { prepared, placed };
      checkpoint = JSON.parse(JSON.stringify(placed.checkpoint)) as Checkpoint;
    } catch (error) {
      return { ...outcome, error: error as Error };
    }
  }
  return outcome;
}

/** Files in an archive, by their names. */
async function filesIn(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of Readable.from([archive]).pipe(createGunzip()).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}
