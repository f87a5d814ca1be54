import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releasedVersions, versionNumber } from '../../../lib/service-catalog/released-versions';

test('versions come in the order of their numbers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'versions-'));
  for (const name of ['RealTimeEndpoint-10', 'RealTimeEndpoint-2', 'RealTimeEndpoint']) {
    mkdirSync(join(folder, name));
  }
  const names = releasedVersions(folder).map(({ name }) => name);
  expect(names).toEqual(['RealTimeEndpoint', 'RealTimeEndpoint-2', 'RealTimeEndpoint-10']);
});

test('without any release there are none', () => {
  expect(releasedVersions(join(tmpdir(), 'no-such-folder'))).toEqual([]);
});

test.each(['RealTimeEndpoint-1', 'RealTimeEndpoint-02', 'realtimeendpoint', 'RealTimeEndpoint-2 '])(
  '%j is no name of a version',
  (name) => {
    expect(() => versionNumber(name)).toThrow(`product version "${name}"`);
  },
);
