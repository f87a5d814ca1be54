import { gunzipSync } from 'node:zlib';
import { ListPartsCommand, S3Client } from '@aws-sdk/client-s3';
import { packArchive } from '../../lambda/create/archive/pack-archive';
import { archiveClient } from '../../lambda/create/archive/upload/archive-client';
import { UPLOAD_LIMITS } from '../../lambda/create/archive/upload/limits';
import { copyModelFiles } from '../../lambda/create/copies/copy-model-files';
import { placeFiles } from '../../lambda/create/place-files';
import { TransientError } from '../../lambda/shared/errors';
import { Images } from '../../lambda/shared/images/images';
import { preparePackage } from '../../lambda/shared/packing/prepare';
import { connectRegistry } from '../../lambda/shared/registry/connect';
import { PATIENCE } from '../../lambda/shared/registry/http/patience';
import type { HttpLimits } from '../../lambda/shared/registry/http/registry-http';
import { RETRIES, readFile } from '../../lambda/shared/registry/read-file';
import type { ModelRegistry } from '../../lambda/shared/registry/registry';
import { asStepError } from '../../lambda/shared/step';
import { RETRY } from '../../lib/model-sync/sync-step';
import { sized, tried } from '../../trust/sizes';
import { entriesOf, opener, sampleBytes } from '../support/archive/files';
import { startTestSink, type TestSink, watchUploads } from '../support/archive/sink';
import { FakeS3 } from '../support/fake-s3';
import { json, startFakeServer } from '../support/fake-server';
import { IMPATIENT } from '../support/impatient';
import { modelVersion } from '../support/versions';
import { type Fault, type FaultyProxy, s3Fault, s3Operation, startFaultyProxy } from '../support/wire/faulty-proxy';

const MIB = 1024 * 1024;
const HASTY = { ...RETRIES, firstWaitMs: 1 };
const never = new AbortController().signal;

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe('MLflow', () => {
  const server = startFakeServer();
  const version = modelVersion({ source: 'models:/m-1', stage: 'Staging' });
  const target = { url: 'https://receiver.example', secret: 'secret' };
  let asked = 0;

  const openSource = (limits: HttpLimits = IMPATIENT) =>
    connectRegistry(
      JSON.stringify({ MLFLOW_TRACKING_URI: server.url(), MLFLOW_TRACKING_TOKEN: 't0ken' }),
      undefined,
      limits,
    );
  const databricks = (limits: HttpLimits = IMPATIENT) =>
    connectRegistry(JSON.stringify({ DATABRICKS_HOST: server.url(), DATABRICKS_TOKEN: 't0ken' }), undefined, limits);

  /** Answers so for a number of requests, and then well. */
  function busy(times: number, status: number, headers: Record<string, string> = {}): void {
    asked = 0;
    server.answer = (_request, response) => {
      asked += 1;
      if (asked <= times) {
        response.writeHead(status, headers).end('{"error_code": "X", "message": "no"}');
      } else {
        json(response, {});
      }
    };
  }

  const READS: readonly (readonly [what: string, call: (registry: ModelRegistry) => Promise<unknown>])[] = [
    ['a page of models', (registry) => registry.modelsPage(undefined)],
    ['a page of versions', (registry) => registry.versionsPage(undefined)],
    ['versions', (registry) => registry.listVersions('churn')],
    ['a model', (registry) => registry.getModel('churn')],
    ['a version', (registry) => registry.getVersion('churn', '1')],
    ['whether there is anything', (registry) => registry.isEmpty()],
  ];
  /** The first request of each of them reads, and the next one writes. */
  const reading = (registry: ModelRegistry) => registry.isEmpty();

  test.each([400, 401, 403, 404, 405, 409, 413, 415, 422, 501])(
    'that says %d to what we ask is asked once: nothing but us can mend it',
    async (status) => {
      for (const registry of [openSource(), databricks()]) {
        for (const [, call] of [...READS, ['files', (one: ModelRegistry) => one.listFiles(version)] as const]) {
          busy(Number.POSITIVE_INFINITY, status, { 'retry-after': '0' });
          await expect(call(registry)).rejects.toMatchObject({ name: 'RefusedError' });
          // An open-source server is asked where files are before it is asked which.
          expect(asked).toBeLessThanOrEqual(2);
        }
        for (const [, call] of READS) {
          busy(Number.POSITIVE_INFINITY, status);
          await call(registry).catch(() => undefined);
          expect(asked).toBe(1);
        }
        const read = readFile(
          (path, position) => registry.openFile(version, path, position),
          { source: 'x', size: 1, from: 0 },
          never,
          HASTY,
        );
        busy(Number.POSITIVE_INFINITY, status);
        await expect(read.next()).rejects.toMatchObject({ name: 'RefusedError' });
        expect(asked).toBeLessThanOrEqual(2);
      }
      tried('bursts', 2 * (2 * READS.length + 2));
    },
  );

  test.each([429, 500, 502, 503, 504])(
    'that says %d for ever is asked a few times, which passes on as transient',
    async (status) => {
      for (const registry of [openSource(), databricks()]) {
        for (const [, call] of READS) {
          busy(Number.POSITIVE_INFINITY, status);
          await expect(call(registry)).rejects.toMatchObject({
            name: 'TransientError',
            message: expect.stringContaining(`answered ${status}`),
          });
          expect(asked).toBe(PATIENCE.tries);
          busy(PATIENCE.tries - 1, status);
          await call(registry).catch((error: Error) => expect(error.name).not.toBe('TransientError'));
        }
        busy(Number.POSITIVE_INFINITY, status);
        const open = jest.fn((path, position) => registry.openFile(version, path, position));
        const read = readFile(open, { source: 'x', size: 1, from: 0 }, never, HASTY);
        await expect(read.next()).rejects.toMatchObject({ name: 'TransientError' });
        expect(open).toHaveBeenCalledTimes(HASTY.fruitless);
      }
      tried('bursts', 2 * (READS.length + 1));
    },
  );

  test('is sent what changes something once more only where nothing was done', async () => {
    for (const [status, most] of [
      [500, 1],
      [502, 1],
      [504, 1],
      [503, PATIENCE.tries],
      [429, PATIENCE.tries],
    ] as const) {
      const methods: string[] = [];
      server.answer = (request, response) => {
        if (request.method === 'GET') {
          json(response, {});
        } else {
          methods.push(request.method ?? '');
          response.writeHead(status).end();
        }
      };
      await expect(openSource().ensureWebhook('churn', target)).rejects.toMatchObject({ name: 'TransientError' });
      expect(methods).toHaveLength(most);
    }
    tried('bursts', 5);
  });

  test('that says when to come again is left alone until then', async () => {
    const times: number[] = [];
    const answer = (retryAfter: () => string) => {
      times.length = 0;
      server.answer = (_request, response) => {
        times.push(Date.now());
        times.length === 1 ? response.writeHead(429, { 'retry-after': retryAfter() }).end() : json(response, {});
      };
    };
    const waited = () => (times[1] ?? 0) - (times[0] ?? 0);
    answer(() => '2');
    await reading(openSource());
    expect(waited()).toBeGreaterThanOrEqual(1_990);
    // A date has no parts of a second.
    answer(() => new Date(Date.now() + 3_000).toUTCString());
    await reading(openSource());
    expect(waited()).toBeGreaterThanOrEqual(1_900);
    for (const nonsense of ['soon', '-5', '', '1e3', 'Infinity']) {
      answer(() => nonsense);
      await reading(openSource());
      expect(waited()).toBeLessThan(1_500);
    }
    tried('bursts', 7);
  }, 30_000);

  test('that says to come again in hours does not keep anybody', async () => {
    for (const when of ['21600', '11', '99999999999999999999', new Date(Date.now() + 6 * 3_600_000).toUTCString()]) {
      for (const registry of [openSource({}), databricks({})]) {
        busy(Number.POSITIVE_INFINITY, 429, { 'retry-after': when });
        const begun = Date.now();
        await expect(reading(registry)).rejects.toMatchObject({
          name: 'TransientError',
          message: expect.stringMatching(/wants to be asked again after \d+ s/),
        });
        expect(asked).toBe(1);
        const read = readFile(
          (path, position) => registry.openFile(version, path, position),
          { source: 'x', size: 1, from: 0 },
          never,
        );
        busy(Number.POSITIVE_INFINITY, 503, { 'retry-after': '21600' });
        await expect(read.next()).rejects.toMatchObject({ name: 'TransientError' });
        expect(asked).toBeLessThanOrEqual(2 * PATIENCE.tries);
        expect(Date.now() - begun).toBeLessThan(2_000);
      }
    }
    tried('bursts', 16);
  }, 30_000);

  test('that keeps many answers waiting is not waited for without end', async () => {
    const patience = { firstWaitMs: 1, answerMs: 100, allMs: 500 };
    const registry = openSource({ patience });
    busy(Number.POSITIVE_INFINITY, 503, { 'retry-after': '0' });
    const begun = Date.now();
    const ms = { ...patience, firstWaitMs: 30 };
    const all = Array.from({ length: 200 }, () =>
      reading(openSource({ patience: ms })).catch((error: Error) => error.name),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(['TransientError']));
    const one = openSource({ patience: ms });
    for (let call = 0; call < 50; call++) {
      await expect(reading(one)).rejects.toMatchObject({ name: 'TransientError' });
    }
    await expect(reading(registry)).rejects.toMatchObject({ name: 'TransientError' });
    // Fifty answers would take five seconds; all of one connection's waiting is half a second.
    expect(Date.now() - begun).toBeLessThan(4_000);
    tried('bursts', 250);
  }, 30_000);

  test('that is out of service for half a minute is outlasted by a step and its retries', async () => {
    const waits = Array.from({ length: PATIENCE.tries - 1 }, (_, index) => PATIENCE.firstWaitMs * 2 ** index);
    const leastMs = waits.reduce((sum, ms) => sum + ms, 0);
    expect(leastMs * 1.5).toBeLessThanOrEqual(PATIENCE.answerMs);
    // Of a step's retries only the number is sure: their waits are spread from nothing on.
    expect(leastMs * (RETRY.maxAttempts + 1)).toBeGreaterThanOrEqual(30_000);
    // The same, a hundred times as fast.
    const firstWaitMs = PATIENCE.firstWaitMs / 100;
    const over = Date.now() + 300;
    server.answer = (_request, response) => (Date.now() < over ? response.writeHead(503).end() : json(response, {}));
    let tries = 0;
    for (let done = false; !done; tries++) {
      done = await reading(openSource({ patience: { firstWaitMs } })).then(
        () => true,
        () => false,
      );
    }
    expect(tries).toBeLessThanOrEqual(RETRY.maxAttempts + 1);
    tried('bursts', 1);
  });

  test('with a tenth of its answers lost at random gives whole listings and whole archives', async () => {
    const sink = await startTestSink();
    const mlmodel = 'flavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.9.1\n';
    const count = sized(100, 1_000);
    const files = new Map([
      ['MLmodel', Buffer.from(mlmodel)],
      ['model.pkl', sampleBytes(3 * MIB, 'noise')],
      ...Array.from({ length: count }, (_, index): [string, Buffer] => [
        `data/${index}`,
        sampleBytes(100 + index, 'text', (index % 250) + 1),
      ]),
    ]);
    let number = 0;
    let groups = 0;
    for (let seed = 1; seed <= sized(2, 10); seed++) {
      const next = random(seed);
      server.answer = (_request, response, url) => {
        number += 1;
        if (next() < 0.1) {
          response.writeHead(500).end();
          return;
        }
        const folder = url.searchParams.get('artifact_directory_path') ?? url.searchParams.get('path') ?? '';
        const entries = [...files].map(([path, bytes]) => ({ path, file_size: bytes.length }));
        if (url.pathname.endsWith('/directories') || url.pathname.endsWith('/list-artifacts')) {
          const inside = (path: string) => (folder === '' ? !path.includes('/') : path.startsWith(`${folder}/`));
          const folders = folder === '' ? [{ path: 'data', is_dir: true }] : [];
          json(response, { files: [...entries.filter(({ path }) => inside(path)), ...folders] });
        } else if (url.pathname.endsWith('/get-download-uri')) {
          json(response, { artifact_uri: 'file:///mlruns/1' });
        } else if (url.pathname.endsWith('/get-signed-download-uri')) {
          json(response, { signed_uri: `${server.url()}/file?path=${encodeURIComponent(folder)}` });
        } else {
          response.end(files.get(folder));
        }
      };
      for (const registry of [openSource(), databricks()]) {
        const prepared = await preparePackage(registry, version, new Images('us-east-1', {}));
        const groupName = `churn-${++groups}`;
        const place = () =>
          placeFiles({
            client: sink.client,
            prepared,
            open: (path, position) => registry.openFile(version, path, position),
            bucket: sink.bucket,
            groupName,
            checkpoint: undefined,
            stop: never,
            retries: HASTY,
          });
        // What a step does with what passes; with 1,000 files it hardly ever has to.
        const placed = await place().catch((error: Error) => {
          expect(error.name).toBe('TransientError');
          return place();
        });
        expect(['done', 'found']).toContain(placed.outcome);
        const key = placed.outcome === 'paused' ? '' : placed.url.replace(`s3://${sink.bucket}/`, '');
        const tar = gunzipSync((await sink.read(key)) ?? '');
        expect([...files.values()].filter((bytes) => !tar.includes(bytes))).toEqual([]);
      }
      expect(number).toBeLessThan(seed * 2 * 2 * 1.5 * (count + 20));
    }
    expect([...sink.uploads]).toEqual([]);
    await sink.close();
    tried('bursts', number);
  }, 300_000);
});

describe('S3', () => {
  const LIMITS = { ...UPLOAD_LIMITS, partBytes: 5 * MIB };
  const files = {
    MLmodel: Buffer.from('flavors: {}\n'),
    'weights.bin': sampleBytes(11 * MIB, 'noise'),
    'words.txt': sampleBytes(2 * MIB, 'text'),
  };
  const environment = { ...process.env };
  let sink: TestSink;
  let proxy: FaultyProxy;
  let client: S3Client;
  let uploads: ReadonlyMap<string, string>;
  let keys = 0;

  beforeAll(async () => {
    sink = await startTestSink();
    const endpoint = await sink.client.config.endpoint?.();
    proxy = await startFaultyProxy(`http://${endpoint?.hostname}:${endpoint?.port}`, s3Operation);
    // The client of the functions, with its own tries and waits.
    const settings = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
    Object.assign(process.env, { ...settings, AWS_ENDPOINT_URL_S3: proxy.url });
    client = archiveClient();
    uploads = watchUploads(client);
  });
  afterAll(async () => {
    process.env = environment;
    client.destroy();
    await proxy.close();
    await sink.close();
  });

  /** Faults by operation, given how often that was asked for. */
  type Faults = (operation: string, nth: number) => Fault | undefined;

  function set(faults: Faults): void {
    proxy.asked.length = 0;
    const asked = new Map<string, number>();
    proxy.fault = (operation) => {
      const nth = (asked.get(operation) ?? 0) + 1;
      asked.set(operation, nth);
      return faults(operation, nth);
    };
  }

  const asked = (operation: string) => proxy.asked.filter((one) => one === operation).length;

  /** Packs an archive while S3 has faults. It is whole, or it is not there; and nothing stays open that nobody knows of. */
  async function packWith(faults: Faults): Promise<Error | undefined> {
    const target = { bucket: sink.bucket, key: `archive-${++keys}` };
    set(faults);
    const open = opener(files);
    const error = await packArchive({
      entries: entriesOf(files),
      open,
      client,
      target,
      stop: never,
      limits: LIMITS,
    }).then(
      (packed) => (packed.outcome === 'paused' ? new TransientError(packed.reason) : undefined),
      (reason: Error) => asStepError(reason),
    );
    proxy.fault = () => undefined;
    const archive = await sink.read(target.key);
    const tar = archive && gunzipSync(archive);
    expect(tar === undefined).toBe(error !== undefined);
    if (tar !== undefined) {
      expect(Object.values(files).every((bytes) => tar.includes(bytes))).toBe(true);
    }
    return error;
  }

  /** Ids of the last archive's uploads that S3 still knows. */
  async function openUploads(): Promise<string[]> {
    const open: string[] = [];
    for (const [UploadId, Key] of uploads) {
      const known = await sink.client.send(new ListPartsCommand({ Bucket: sink.bucket, Key, UploadId })).then(
        () => true,
        () => false,
      );
      open.push(...(known && Key === `archive-${keys}` ? [UploadId] : []));
    }
    return open;
  }

  const only = (wanted: string, times: number, fault: Fault): Faults => {
    return (operation, nth) => (operation === wanted && nth <= times ? fault : undefined);
  };
  const UPLOADING = ['CreateMultipartUpload', 'UploadPart', 'ListParts', 'CompleteMultipartUpload'];

  test.each(UPLOADING)(
    'that has no time for %s is asked again, to a whole archive',
    async (operation) => {
      const faults = [s3Fault('InternalError', 500), s3Fault('SlowDown', 503), s3Fault('ServiceUnavailable', 503)];
      const some = faults.slice(0, sized(1, 3));
      for (const fault of some) {
        expect(await packWith(only(operation, 2, fault))).toBeUndefined();
        expect(asked(operation)).toBeGreaterThanOrEqual(3);
        expect(await openUploads()).toEqual([]);
      }
      tried('bursts', some.length);
    },
    60_000,
  );

  test('that says 200 and then an error where an archive should appear has not made it', async () => {
    // Its answer begins before it is done (API_CompleteMultipartUpload).
    for (const code of ['InternalError', 'SlowDown'].slice(0, sized(1, 2))) {
      expect(await packWith(only('CompleteMultipartUpload', 2, s3Fault(code, 200)))).toBeUndefined();
      expect(asked('CompleteMultipartUpload')).toBe(3);
      expect(await openUploads()).toEqual([]);
    }
    const error = await packWith(only('CompleteMultipartUpload', 100, s3Fault('InternalError', 200)));
    expect(error).toBeInstanceOf(TransientError);
    expect(asked('CompleteMultipartUpload')).toBe(6);
    tried('bursts', 3);
  }, 120_000);

  test('whose word that the archive is there was lost is believed when the archive is there', async () => {
    for (const fault of [s3Fault('InternalError', 500, 'after'), s3Fault('InternalError', 200, 'after')]) {
      expect(await packWith(only('CompleteMultipartUpload', 1, fault))).toBeUndefined();
      expect(await openUploads()).toEqual([]);
    }
    // But not when it is not.
    const gone = s3Fault('NoSuchUpload', 404);
    const error = await packWith(only('CompleteMultipartUpload', 100, gone));
    expect(error).toMatchObject({ name: 'NoSuchUpload' });
    expect(await openUploads()).toEqual([]);
    tried('bursts', 3);
  }, 60_000);

  test('whose answers to parts were lost gets them once more, and nothing twice', async () => {
    expect(
      await packWith((operation, nth) =>
        operation === 'UploadPart' && nth % 2 === 1 ? s3Fault('InternalError', 500, 'after') : undefined,
      ),
    ).toBeUndefined();
    expect(await openUploads()).toEqual([]);
    tried('bursts', 1);
  }, 60_000);

  test('that has no time for ever is asked a few times; what came of it is handed on, or nothing stays', async () => {
    // Before the first part is there nothing is worth keeping.
    const fault = sized(1, 2) === 1 ? s3Fault('InternalError', 500) : s3Fault('SlowDown', 503);
    const first = await packWith(only('UploadPart', Number.POSITIVE_INFINITY, fault));
    expect(first).toBeInstanceOf(TransientError);
    expect(asked('UploadPart')).toBeLessThanOrEqual(3 * 6);
    expect(await openUploads()).toEqual([]);
    const begun = await packWith(
      only('CreateMultipartUpload', Number.POSITIVE_INFINITY, s3Fault('InternalError', 500)),
    );
    expect(begun).toBeInstanceOf(TransientError);
    expect(asked('CreateMultipartUpload')).toBe(6);
    tried('bursts', 2);
  }, 120_000);

  test.each<[string, number]>([
    ['AccessDenied', 403],
    ['InvalidRequest', 400],
    ['NoSuchBucket', 404],
    ['EntityTooSmall', 400],
  ])(
    'that refuses by %s is asked once, and nothing stays',
    async (code, status) => {
      const operations = UPLOADING.slice(-sized(1, 4));
      for (const operation of operations) {
        const error = await packWith(only(operation, Number.POSITIVE_INFINITY, s3Fault(code, status)));
        expect(error).not.toBeInstanceOf(TransientError);
        expect(error).toMatchObject({ name: code });
        // Parts are sent several at once.
        expect(asked(operation)).toBeLessThanOrEqual(operation === 'UploadPart' ? 3 : 1);
        expect(await openUploads()).toEqual([]);
      }
      tried('bursts', operations.length);
    },
    60_000,
  );

  test('with a tenth of its answers lost at random gets whole archives', async () => {
    const runs = sized(2, 60);
    for (let seed = 1; seed <= runs; seed++) {
      const next = random(seed);
      const faults: Faults = () => {
        const at = next();
        const fault = [s3Fault('InternalError', 500), s3Fault('SlowDown', 503), s3Fault('InternalError', 500, 'after')];
        // Of an upload that was begun unheard nobody can know.
        return at < 0.1 ? fault[Math.floor(at * 20)] : undefined;
      };
      expect(await packWith(faults)).toBeUndefined();
      expect(await openUploads()).toEqual([]);
    }
    tried('bursts', runs);
  }, 600_000);

  test('that copies has made whole copies of all files, or says that it has not', async () => {
    const fake = await FakeS3.start();
    const { hostname, port } = (await fake.client().config.endpoint?.()) ?? { hostname: '', port: 0 };
    const between = await startFaultyProxy(`http://${hostname}:${port}`, s3Operation);
    const copier = new S3Client({
      endpoint: between.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      forcePathStyle: true,
      maxAttempts: 6,
    });
    const listed = Array.from({ length: 12 }, (_, index) => `data/${index}`).map((path, index) => {
      const { bytes, etag } = fake.put('store', `model/${path}`, sampleBytes(10 + 20 * index, 'text'));
      return { path, size: bytes.length, checksum: `etag:${etag}` };
    });
    const limits = { wholeBytesMax: 64, partBytes: 50, parts: 10_000, atOnce: 4 };
    const runs = sized(5, 100);
    for (let seed = 1; seed <= runs; seed++) {
      const next = random(seed);
      between.fault = (operation) => {
        const at = next();
        const copies = /Copy|Complete/.test(operation);
        const fault = copies && at < 0.05 ? s3Fault('InternalError', 200) : s3Fault('SlowDown', 503);
        return at < 0.1 ? (at > 0.08 ? { ...fault, when: 'after' } : fault) : undefined;
      };
      const to = { bucket: 'archives', prefix: `models/${seed}/` };
      const entries = listed.map(({ path, size }) => ({ path, size, source: path }));
      let outcome = '';
      // What an invocation leaves, or a step's retry meets, is gone on with.
      for (let go = 0; go < 5 && outcome !== 'done' && outcome !== 'found'; go++) {
        const job = {
          client: copier,
          from: { bucket: 'store', prefix: 'model/' },
          files: listed,
          entries,
          to,
          stop: never,
          limits,
        };
        outcome = await copyModelFiles(job).then(
          (copied) => copied.outcome,
          (error: Error) => asStepError(error).name,
        );
        expect(['done', 'found', 'paused', 'TransientError']).toContain(outcome);
      }
      expect(['done', 'found']).toContain(outcome);
      for (const { path } of listed) {
        expect(fake.objects.get(`archives/${to.prefix}${path}`)?.bytes).toEqual(
          fake.objects.get(`store/model/${path}`)?.bytes,
        );
      }
    }
    copier.destroy();
    await between.close();
    await fake.stop();
    tried('bursts', runs);
  }, 600_000);
});
