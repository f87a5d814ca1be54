import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGzip } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type Pack, pack } from 'tar-stream';
import { requireSetting } from '../../sandbox/aws-json/process';

/*
 * The plain Node way: files one after the other through tar-stream, createGzip and lib-storage's Upload, all as they come.
 * Settings: REGISTRY (base URL), BUCKET and KEY; the S3 endpoint, credentials and certificate in the SDK's own variables.
 */
const ARTIFACTS = `${requireSetting('REGISTRY')}/api/2.0/mlflow-artifacts/artifacts`;

interface Listed {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size: number;
}

async function main(): Promise<void> {
  const tar = pack();
  const gzip = createGzip();
  const upload = new Upload({
    client: new S3Client({ forcePathStyle: true }),
    params: { Bucket: requireSetting('BUCKET'), Key: requireSetting('KEY'), Body: gzip },
  });
  await Promise.all([fill(tar), pipeline(tar, gzip), upload.done()]);
}

async function fill(tar: Pack): Promise<void> {
  for await (const { path, size } of filesBelow('')) {
    const { body } = await get(`${ARTIFACTS}/model/${path.split('/').map(encodeURIComponent).join('/')}`);
    await pipeline(Readable.fromWeb(body as ReadableStream), tar.entry({ name: path, size }));
  }
  tar.finalize();
}

async function* filesBelow(folder: string): AsyncGenerator<{ path: string; size: number }> {
  const answer = await get(`${ARTIFACTS}?${new URLSearchParams({ path: `model${folder && '/'}${folder}` })}`);
  const { files } = (await answer.json()) as { files: Listed[] };
  for (const entry of files) {
    const path = folder === '' ? entry.path : `${folder}/${entry.path}`;
    if (entry.is_dir) {
      yield* filesBelow(path);
    } else {
      yield { path, size: entry.file_size };
    }
  }
}

async function get(url: string): Promise<Response> {
  const answer = await fetch(url);
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  return answer;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
