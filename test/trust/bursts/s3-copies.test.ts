import { S3Client } from '@aws-sdk/client-s3';
import { copyModelFiles } from '../../../lambda/create/copies/copy-model-files';
import { asStepError } from '../../../lambda/shared/step';
import { sized, tried } from '../../../trust/sizes';
import { sampleBytes } from '../../support/archive/files';
import { FakeS3 } from '../../support/fake-s3';
import { random } from '../../support/random';
import { s3Fault, s3Operation, startFaultyProxy } from '../../support/wire/faulty-proxy';

const never = new AbortController().signal;

describe('S3', () => {
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
  }, 1_800_000);
});
