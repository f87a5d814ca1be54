import { gunzipSync } from 'node:zlib';
import { ListPartsCommand, type S3Client } from '@aws-sdk/client-s3';
import { packArchive } from '../../../lambda/create/archive/pack-archive';
import { archiveClient } from '../../../lambda/create/archive/upload/archive-client';
import { TransientError } from '../../../lambda/shared/errors';
import { asStepError } from '../../../lambda/shared/step';
import { entriesOf, opener, sampleBytes } from '../archive/files';
import { startTestSink, type TestSink, watchUploads } from '../archive/sink';
import { type Fault, type FaultyProxy, s3Operation, startFaultyProxy } from './faulty-proxy';

const MIB = 1024 * 1024;
const FILES = {
  MLmodel: Buffer.from('flavors: {}\n'),
  'weights.bin': sampleBytes(11 * MIB, 'noise'),
  'words.txt': sampleBytes(2 * MIB, 'text'),
};

/** Faults by operation, given how often that was asked for. */
export type Faults = (operation: string, nth: number) => Fault | undefined;

/** A fault for the first times that an operation is asked for. */
export function only(wanted: string, times: number, fault: Fault): Faults {
  return (operation, nth) => (operation === wanted && nth <= times ? fault : undefined);
}

/** An S3 that has faults while archives are packed into it. */
export interface FaultyS3 {
  /** Packs an archive meanwhile. It is whole, or it is not there; in the latter case gives the error. */
  packWith(faults: Faults): Promise<Error | undefined>;
  /** How often the last archive asked for an operation. */
  asked(operation: string): number;
  /** Ids of the last archive's uploads that S3 still knows: nothing may stay open that nobody knows of. */
  openUploads(): Promise<string[]>;
}

/** Starts it, with the client of the functions, for the tests of one file. */
export function startFaultyS3(): FaultyS3 {
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

  return {
    packWith: async (faults) => {
      const target = { bucket: sink.bucket, key: `archive-${++keys}` };
      setFaults(proxy, faults);
      const error = await packArchive({
        entries: entriesOf(FILES),
        open: opener(FILES),
        client,
        target,
        stop: new AbortController().signal,
        partBytes: 5 * MIB,
      }).then(
        (packed) => (packed.outcome === 'paused' ? new TransientError(packed.reason) : undefined),
        (reason: Error) => asStepError(reason),
      );
      proxy.fault = () => undefined;
      const archive = await sink.read(target.key);
      const tar = archive && gunzipSync(archive);
      expect(tar === undefined).toBe(error !== undefined);
      if (tar !== undefined) {
        expect(Object.values(FILES).every((bytes) => tar.includes(bytes))).toBe(true);
      }
      return error;
    },
    asked: (operation) => proxy.asked.filter((one) => one === operation).length,
    openUploads: async () => {
      const open: string[] = [];
      for (const [UploadId, Key] of uploads) {
        const known = await sink.client.send(new ListPartsCommand({ Bucket: sink.bucket, Key, UploadId })).then(
          () => true,
          () => false,
        );
        open.push(...(known && Key === `archive-${keys}` ? [UploadId] : []));
      }
      return open;
    },
  };
}

function setFaults(proxy: FaultyProxy, faults: Faults): void {
  proxy.asked.length = 0;
  const asked = new Map<string, number>();
  proxy.fault = (operation) => {
    const nth = (asked.get(operation) ?? 0) + 1;
    asked.set(operation, nth);
    return faults(operation, nth);
  };
}
