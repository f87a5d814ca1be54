import { tried } from '../../../trust/sizes';
import { startElsewhere } from '../../support/elsewhere';
import { json, startFakeServer } from '../../support/fake-server';
import { modelVersion } from '../../support/versions';
import { databricksOn, openSourceOn } from '../../support/wire/registries';

const registry = startFakeServer();
const elsewhere = startElsewhere();
const version = modelVersion({ source: 'models:/m-1', stage: 'Staging' });

describe('a redirect', () => {
  const target = { url: 'https://receiver.example', secret: 'secret' };
  const CALLS: readonly (readonly [what: string, call: () => Promise<unknown>])[] = [
    ['a list of versions', () => openSourceOn(registry).listVersions('churn')],
    ['a page of models', () => openSourceOn(registry).modelsPage(undefined)],
    ['a version', () => openSourceOn(registry).getVersion('churn', '1')],
    ['a list of files', () => openSourceOn(registry).listFiles(version)],
    ['a file', () => openSourceOn(registry).openFile(version, 'MLmodel')],
    ['a list of files in Databricks', () => databricksOn(registry).listFiles(version)],
    ['an address in Databricks', () => databricksOn(registry).openFile(version, 'MLmodel')],
    ['a webhook', () => openSourceOn(registry).ensureWebhook('churn', target)],
    ['a webhook in Databricks', () => databricksOn(registry).ensureWebhook('churn', target)],
  ];

  test.each(CALLS)('in place of %s is not followed, by whatever status and place', async (_what, call) => {
    const places = [
      `${elsewhere.url()}/api`,
      `//127.0.0.1:${new URL(elsewhere.url()).port}/`,
      'http://169.254.169.254/',
    ];
    for (const status of [301, 302, 303, 307, 308]) {
      for (const location of places) {
        registry.answer = (_request, response) => void response.writeHead(status, { location }).end();
        await expect(call()).rejects.toMatchObject({ name: 'RefusedError' });
      }
    }
    expect(elsewhere.asked).toEqual([]);
    tried('hostile', 15);
  });

  test('in place of a signed file is not followed either', async () => {
    registry.answer = (_request, response, url) =>
      url.pathname === '/signed'
        ? void response.writeHead(302, { location: elsewhere.url() }).end()
        : json(response, { signed_uri: `${registry.url()}/signed` });
    await expect(databricksOn(registry).openFile(version, 'MLmodel')).rejects.toThrow('redirects elsewhere');
    expect(elsewhere.asked).toEqual([]);
    tried('hostile', 1);
  });
});
