import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { link } from '../../bench/transfers/link';
import { startStand } from '../../bench/transfers/stand';

test('a link carries bytes no faster than its rate, also for several connections at once', async () => {
  const pass = link(10_000_000);
  const start = performance.now();
  await Promise.all(Array.from({ length: 20 }, () => pass(100_000)));
  const milliseconds = performance.now() - start;
  // 2 MB at 10 MB/s, minus the burst of 20 ms.
  expect(milliseconds).toBeGreaterThan(170);
  expect(milliseconds).toBeLessThan(1_000);
});

test('the source lists and sends the files of a folder, after the latency', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stand-'));
  mkdirSync(join(folder, 'files', 'data'), { recursive: true });
  writeFileSync(join(folder, 'files', 'data', 'ü 1.bin'), 'abc');
  const scenario = { name: 'test', dataSet: 'pickles', latencyMs: 50 } as const;
  const stand = await startStand(scenario, join(folder, 'files'), join(folder, 'home'));
  const client = new Agent({ connect: { ca: readFileSync(stand.authority) } });
  const get = async (path: string) => {
    const url = `${stand.environment.REGISTRY}/api/2.0/mlflow-artifacts/artifacts${path}`;
    const { statusCode, body } = await request(url, { dispatcher: client });
    return [statusCode, await body.text()];
  };
  try {
    const start = performance.now();
    expect(await get('?path=model/data')).toEqual([200, '{"files":[{"path":"ü 1.bin","is_dir":false,"file_size":3}]}']);
    expect(performance.now() - start).toBeGreaterThanOrEqual(49);
    expect(await get('/model/data/%C3%BC%201.bin')).toEqual([200, 'abc']);
    expect(await get('/model/other')).toEqual([404, expect.stringContaining('RESOURCE_DOES_NOT_EXIST')]);
  } finally {
    await stand.stop();
    await client.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
