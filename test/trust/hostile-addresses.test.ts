import type { IncomingHttpHeaders } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { connectRegistry } from '../../lambda/shared/registry/connect';
import { isLocalAddress, lookupOutside } from '../../lambda/shared/registry/http/outside';
import { RegistryHttp } from '../../lambda/shared/registry/http/registry-http';
import { tried } from '../../trust/sizes';
import { json, startFakeServer } from '../support/fake-server';
import { IMPATIENT } from '../support/impatient';
import { modelVersion } from '../support/versions';

const registry = startFakeServer();
/** Where nobody should ask, least of all with credentials. */
const elsewhere = startFakeServer();
const TOKEN = 's3cret-t0ken';
let asked: string[];

beforeEach(() => {
  asked = [];
  elsewhere.answer = (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
    response.end('{}');
  };
});

const openSource = () =>
  connectRegistry(
    JSON.stringify({ MLFLOW_TRACKING_URI: registry.url(), MLFLOW_TRACKING_TOKEN: TOKEN }),
    undefined,
    IMPATIENT,
  );
const databricks = () =>
  connectRegistry(JSON.stringify({ DATABRICKS_HOST: registry.url(), DATABRICKS_TOKEN: TOKEN }), undefined, IMPATIENT);
const version = modelVersion({ source: 'models:/m-1', stage: 'Staging' });

describe('a redirect', () => {
  const target = { url: 'https://receiver.example', secret: 'secret' };
  const CALLS: readonly (readonly [what: string, call: () => Promise<unknown>])[] = [
    ['a list of versions', () => openSource().listVersions('churn')],
    ['a page of models', () => openSource().modelsPage(undefined)],
    ['a version', () => openSource().getVersion('churn', '1')],
    ['a list of files', () => openSource().listFiles(version)],
    ['a file', () => openSource().openFile(version, 'MLmodel')],
    ['a list of files in Databricks', () => databricks().listFiles(version)],
    ['an address in Databricks', () => databricks().openFile(version, 'MLmodel')],
    ['a webhook', () => openSource().ensureWebhook('churn', target)],
    ['a webhook in Databricks', () => databricks().ensureWebhook('churn', target)],
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
    expect(asked).toEqual([]);
    tried('hostile', 15);
  });

  test('in place of a signed file is not followed either', async () => {
    registry.answer = (_request, response, url) =>
      url.pathname === '/signed'
        ? void response.writeHead(302, { location: elsewhere.url() }).end()
        : json(response, { signed_uri: `${registry.url()}/signed` });
    await expect(databricks().openFile(version, 'MLmodel')).rejects.toThrow('redirects elsewhere');
    expect(asked).toEqual([]);
    tried('hostile', 1);
  });
});

describe('a source', () => {
  /** Everything that is asked of the registry, as far as it is a place: what is in a query is the registry's own to judge. */
  const PLACES =
    /^\/(?:api\/2\.0\/mlflow\/(?:model-versions\/get-download-uri|logged-models\/[^/]+(?:\/artifacts\/directories)?|artifacts\/(?:list|presigned-download-url)|runs\/get)|api\/2\.0\/mlflow-artifacts\/(?:artifacts|presigned)(?:\/[^?]*)?|get-artifact|model-versions\/get-artifact)$/;
  const SOURCES = (host: string) => [
    `http://${host}/model`,
    `https://${host}/0/r1/artifacts/model`,
    `http://${host}/0/r1/artifacts/../../../model`,
    `mlflow-artifacts://${host}/0/r1/artifacts/model`,
    `mlflow-artifacts://user:word@${host}/0/r1/artifacts/model`,
    'mlflow-artifacts:/../../../api/2.0/mlflow/users/get',
    'mlflow-artifacts:/0/../../../../2.0/mlflow/registered-models/search',
    'mlflow-artifacts:/%2e%2e/%2e%2e/api/2.0/mlflow/users/get',
    'mlflow-artifacts:/..%2f..%2fapi',
    'mlflow-artifacts:/0\\..\\..\\api',
    'mlflow-artifacts:/0/?x=1#y',
    'mlflow-artifacts:/./.',
    'runs:/r1/../../secrets',
    'runs:/../x/model',
    'models:/m-1/../../users',
    'models:/../users/1',
    'file:///etc/passwd',
    'file:/proc/self/environ',
    's3://someone-elses/model',
    's3://someone-elses/../mine/model',
    'dbfs:/databricks/mlflow-registry/1/models/model',
    'hdfs://namenode/model',
    'ftp://host/model',
    'gopher://host/model',
    'data:text/plain,flavors',
    `//${host}/model`,
    '',
    ' ',
    '\0',
    'models:/',
    `runs:/${'r'.repeat(100_000)}/${'/'.repeat(100_000)}x`,
    `s3://b/${'/'.repeat(100_000)}x`,
    `http://h/${'r1/artifacts/'.repeat(20_000)}`,
  ];

  test('never leads to another server, nor to anything of the registry but files', async () => {
    const sources = SOURCES(new URL(elsewhere.url()).host);
    const places: string[] = [];
    for (const source of sources) {
      // The registry says the same of it in all of its words.
      registry.answer = (request, response, url) => {
        places.push(new URL(request.url ?? '', registry.url()).pathname);
        if (url.pathname.endsWith('/get-download-uri')) {
          json(response, { artifact_uri: source });
        } else if (url.pathname.endsWith('/runs/get')) {
          json(response, { run: { info: { artifact_uri: source } } });
        } else if (/logged-models\/[^/]+$/.test(url.pathname)) {
          json(response, { model: { info: { artifact_uri: source } } });
        } else if (url.pathname.includes('presigned')) {
          json(response, { error_code: 'NOT_IMPLEMENTED' }, 501);
        } else {
          json(response, { files: [] });
        }
      };
      const begun = performance.now();
      for (const own of [source, 'models:/m-1', 'models:/other/1', 'runs:/r1/model']) {
        const one = modelVersion({ source: own, runId: 'r1' });
        for (const call of [
          () => openSource().listFiles(one),
          () => openSource().openFile(one, 'MLmodel'),
          () => openSource().artifactId(one),
        ]) {
          const error = await call().then(
            () => undefined,
            (reason: Error) => reason,
          );
          if (error !== undefined) {
            expect({ source: source.slice(0, 100), name: error.name, message: error.message }).toMatchObject({
              name: 'RefusedError',
            });
            expect(error.message.length).toBeLessThan(2_100);
          }
        }
      }
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
    expect(places.filter((place) => !PLACES.test(place))).toEqual([]);
    expect(asked).toEqual([]);
    tried('hostile', 4 * sources.length);
  }, 60_000);
});

describe('a download address', () => {
  const LOCAL = [
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'https://169.254.169.254/',
    'http://169.254.170.2/v2/credentials',
    'http://169.254.100.1:9001/2018-06-01/runtime/invocation/next',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::a9fe:a9fe]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
    'http://127.1:9001/',
    'http://2130706433/',
    'http://0/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://[::1]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://localhost:9001/',
    'http://LOCALHOST./',
    'http://metadata.localhost/',
    'http://１２７.0.0.1/',
  ];
  const NO_ADDRESS = [
    'file:///proc/self/environ',
    'ftp://h/x',
    'data:,x',
    'gopher://h/',
    's3://b/k',
    'javascript:0',
    '//h/x',
    '/x',
    '',
    'http://',
    'http://u:p@h/x',
    'http://u@h/x',
  ];
  const bearer = { kind: 'bearer', token: TOKEN } as const;

  test('on this machine or its link is refused, in each way to write it, where the registry is elsewhere', async () => {
    const http = new RegistryHttp('http://registry.example', bearer);
    for (const url of [...LOCAL, `${elsewhere.url()}/x`]) {
      await expect({ url, opened: await http.streamSigned(url, {}).catch((error: Error) => error) }).toMatchObject({
        opened: { name: 'RefusedError', message: expect.stringContaining('on this machine or its link') },
      });
    }
    expect(asked).toEqual([]);
    tried('hostile', LOCAL.length + 1);
  });

  test('of another scheme, or with a user, is refused; without TLS, where the registry has it', async () => {
    const plain = new RegistryHttp('http://registry.example', bearer);
    const secure = new RegistryHttp('https://registry.example', bearer);
    for (const url of NO_ADDRESS) {
      for (const http of [plain, secure]) {
        await expect(http.streamSigned(url, {})).rejects.toThrow('download address that is not http');
      }
    }
    for (const url of ['http://store.example/x', elsewhere.url(), 'HTTP://STORE.EXAMPLE/']) {
      await expect(secure.streamSigned(url, {})).rejects.toThrow('not https:');
    }
    tried('hostile', 2 * NO_ADDRESS.length + 3);
  });

  test('in a network of its own is no such one: stores are there too', () => {
    expect(
      ['10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1', '52.216.0.1'].filter(isLocalAddress),
    ).toEqual([]);
    tried('hostile', 6);
  });

  test('whose name leads to this machine is refused when it is looked up', async () => {
    const lookup = promisify(lookupOutside);
    for (const all of [true, false]) {
      await expect(lookup('localhost', { all })).rejects.toMatchObject({
        name: 'RefusedError',
        message: expect.stringMatching(/localhost \((127\.0\.0\.1|::1)\)/),
      });
    }
    tried('hostile', 2);
  });

  test('is asked without our credentials, as that server, and for the bytes that are wanted', async () => {
    let got: IncomingHttpHeaders = {};
    elsewhere.answer = (request, response) => {
      got = request.headers;
      response.end('bytes');
    };
    const given = {
      Host: 'metadata.internal',
      Connection: 'Upgrade',
      Upgrade: 'h2c',
      'Transfer-Encoding': 'chunked',
      'Content-Length': '10',
      Expect: '100-continue',
      TE: 'trailers',
      Trailer: 'x',
      'Keep-Alive': 'timeout=1',
      'Proxy-Authorization': 'Basic eA==',
      Range: 'bytes=3-',
      'If-Match': '"x"',
      'If-None-Match': '*',
      'Accept-Encoding': 'gzip',
      'x-amz-server-side-encryption-customer-key': 'key',
    };
    for (const headers of [given, ...Object.entries(given).map(([name, value]) => ({ [name]: value }))]) {
      registry.answer = (_request, response) => json(response, { signed_uri: `${elsewhere.url()}/x`, headers });
      expect(await text((await databricks().openFile(version, 'MLmodel')).bytes)).toBe('bytes');
      expect(got.host).toBe(new URL(elsewhere.url()).host);
      expect(got['accept-encoding']).toBe('identity');
      const names = Object.keys(got).filter((name) => !['host', 'connection', 'accept-encoding'].includes(name));
      expect(names).toEqual(
        'x-amz-server-side-encryption-customer-key' in headers ? ['x-amz-server-side-encryption-customer-key'] : [],
      );
    }
    tried('hostile', Object.keys(given).length + 1);
  });

  test('is refused with headers that HTTP cannot carry', async () => {
    const bad = [
      { 'x-a': 'b\r\nauthorization: c' },
      { 'x\r\na': 'b' },
      { '': 'b' },
      { 'x-a': '\0' },
      { 'x a': 'b' },
      { 'x-é': 'b' },
    ];
    for (const headers of bad) {
      registry.answer = (_request, response) => json(response, { signed_uri: `${elsewhere.url()}/x`, headers });
      await expect(databricks().openFile(version, 'MLmodel')).rejects.toMatchObject({ name: 'RefusedError' });
    }
    expect(asked).toEqual([]);
    tried('hostile', bad.length);
  });

  test('of a megabyte is no line of a log', async () => {
    const url = `http://127.0.0.1/${'x'.repeat(1024 * 1024)}`;
    const http = new RegistryHttp('http://registry.example', bearer);
    for (const address of [
      url,
      `ftp://${'x'.repeat(1024 * 1024)}`,
      `http://store.example:1/${'\u202e'.repeat(100_000)}`,
    ]) {
      const error = await http.streamSigned(address, {}).then(
        ({ bytes }) => buffer(bytes),
        (reason: Error) => reason,
      );
      expect((error as Error).message.length).toBeLessThan(2_100);
    }
    tried('hostile', 3);
  });
});
