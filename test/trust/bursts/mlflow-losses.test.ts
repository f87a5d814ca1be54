import { gunzipSync } from 'node:zlib';
import { placeFiles } from '../../../lambda/create/place-files';
import { preparePackage } from '../../../lambda/shared/packing/prepare';
import { sized, tried } from '../../../trust/sizes';
import { sampleBytes } from '../../support/archive/files';
import { startTestSink } from '../../support/archive/sink';
import { choiceSettings } from '../../support/choice-settings';
import { json, startFakeServer } from '../../support/fake-server';
import { HASTY } from '../../support/impatient';
import { random } from '../../support/random';
import { modelVersion } from '../../support/versions';
import { databricksOn, openSourceOn } from '../../support/wire/registries';

const MIB = 1024 * 1024;
const server = startFakeServer();
const version = modelVersion({ source: 'models:/m-1', stage: 'Staging' });
const never = new AbortController().signal;

/** What a step does with what passes; with 1,000 files it hardly ever has to. */
function again<T>(work: () => Promise<T>): Promise<T> {
  return work().catch((error: Error) => {
    expect(error.name).toBe('TransientError');
    return work();
  });
}

describe('MLflow', () => {
  test('with a tenth of its answers lost at random gives whole listings and whole archives', async () => {
    const sink = await startTestSink();
    const mlmodel = 'flavors:\n  python_function: {loader_module: mlflow.sklearn, python_version: 3.12.4}\n';
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
      for (const registry of [openSourceOn(server), databricksOn(server)]) {
        const prepared = await again(() => preparePackage(registry, version, choiceSettings()));
        const groupName = `churn-${++groups}`;
        const placed = await again(() =>
          placeFiles({
            client: sink.client,
            prepared,
            open: (path, position) => registry.openFile(version, path, position),
            bucket: sink.bucket,
            groupName,
            checkpoint: undefined,
            stop: never,
            retries: HASTY,
          }),
        );
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
