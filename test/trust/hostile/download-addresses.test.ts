import type { IncomingHttpHeaders } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { isLocalAddress, lookupOutside } from '../../../lambda/shared/registry/http/outside';
import { RegistryHttp } from '../../../lambda/shared/registry/http/registry-http';
import { tried } from '../../../trust/sizes';
import { startElsewhere } from '../../support/elsewhere';
import { json, startFakeServer } from '../../support/fake-server';
import { modelVersion } from '../../support/versions';
import { databricksOn } from '../../support/wire/registries';

const registry = startFakeServer();
const elsewhere = startElsewhere();
const version = modelVersion({ source: 'models:/m-1', stage: 'Staging' });

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
  const bearer = { kind: 'bearer', token: 't0ken' } as const;

  test('on this machine or its link is refused, in each way to write it, where the registry is elsewhere', async () => {
    const http = new RegistryHttp('http://registry.example', bearer);
    for (const url of [...LOCAL, `${elsewhere.url()}/x`]) {
      await expect({ url, opened: await http.streamSigned(url, {}).catch((error: Error) => error) }).toMatchObject({
        opened: { name: 'RefusedError', message: expect.stringContaining('on this machine or its link') },
      });
    }
    expect(elsewhere.asked).toEqual([]);
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
      expect(await text((await databricksOn(registry).openFile(version, 'MLmodel')).bytes)).toBe('bytes');
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
      await expect(databricksOn(registry).openFile(version, 'MLmodel')).rejects.toMatchObject({ name: 'RefusedError' });
    }
    expect(elsewhere.asked).toEqual([]);
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
