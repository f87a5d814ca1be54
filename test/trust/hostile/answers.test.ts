import { tried } from '../../../trust/sizes';
import { json, startFakeServer } from '../../support/fake-server';
import { refusal } from '../../support/refusal';
import { HostileRegistry, type Send } from '../../support/wire/hostile-registry';

const MIB = 1024 * 1024;
const server = startFakeServer();
const registry = new HostileRegistry(server);

describe('what a registry answers', () => {
  test.each<[string, Send, string]>([
    [
      'a page for people',
      (_request, response) => void response.end('<html>\u001b[2J please log in'),
      'did not answer JSON',
    ],
    [
      'a refusal that is a megabyte of control characters',
      (_request, response) =>
        json(response, { error_code: 'INVALID_PARAMETER_VALUE', message: '\u001b[2J\u0007'.repeat(MIB / 8) }, 400),
      'answered 400',
    ],
    [
      'entries that are no entries',
      (_request, response) => json(response, { files: [{ path: { toString: 'x' } }] }),
      'unknown shape',
    ],
    [
      'a size that is none',
      (_request, response) => json(response, { files: [{ path: 'MLmodel', file_size: -5 }] }),
      'file_size',
    ],
    [
      'a size beyond all numbers',
      (_request, response) => void response.end('{"files": [{"path": "MLmodel", "file_size": 1e999}]}'),
      'file_size',
    ],
    [
      'a size with a part of a byte',
      (_request, response) => json(response, { files: [{ path: 'MLmodel', file_size: 1.5 }] }),
      'file_size',
    ],
    [
      'JSON that is deep',
      (_request, response) => void response.end(`{"files": ${'['.repeat(MIB)}`),
      'did not answer JSON',
    ],
  ])('%s is refused, and said in few words', async (_what, send, told) => {
    server.answer = (request, response, url) =>
      url.pathname.endsWith('/get-download-uri')
        ? json(response, { artifact_uri: 'file:///x' })
        : send(request, response);
    expect(await refusal(registry.prepare())).toContain(told);
    tried('hostile', 1);
  });
});
