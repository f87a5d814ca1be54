import { packArchive } from '../../lambda/create/archive/pack-archive';
import { archiveClient } from '../../lambda/create/archive/upload/archive-client';
import { connectRegistry } from '../../lambda/shared/registry/connect';
import type { ModelVersion } from '../../lambda/shared/registry/registry';
import { requireSetting } from '../../sandbox/aws-json/process';

/*
 * Our way: what the function `create` runs to turn a version's files into an archive, with the registry and the packing of the
 * project. Settings: REGISTRY (base URL), BUCKET and KEY; the S3 endpoint, credentials and certificate in the SDK's own variables.
 */
const VERSION: ModelVersion = {
  name: 'model',
  version: '1',
  creationTimestamp: 0,
  stage: 'Staging',
  aliases: [],
  runId: '',
  source: 'mlflow-artifacts:/model',
  description: '',
  status: 'READY',
  tags: {},
};

async function main(): Promise<void> {
  const registry = connectRegistry(
    JSON.stringify({ MLFLOW_TRACKING_URI: requireSetting('REGISTRY'), MLFLOW_TRACKING_TOKEN: 'benchmark' }),
  );
  const files = await registry.listFiles(VERSION);
  const packed = await packArchive({
    entries: files.map(({ path, size }) => ({ path, size, source: path })),
    open: (path, position) => registry.openFile(VERSION, path, position),
    client: archiveClient(),
    target: { bucket: requireSetting('BUCKET'), key: requireSetting('KEY') },
    stop: new AbortController().signal,
  });
  if (packed.outcome !== 'done') {
    throw new Error(`the archive is ${packed.outcome}: ${packed.reason}`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
