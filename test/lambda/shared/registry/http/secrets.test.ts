import type { IncomingMessage } from 'node:http';
import type { Authorization } from '../../../../../lambda/shared/registry/credentials';
import { RegistryHttp } from '../../../../../lambda/shared/registry/http/registry-http';
import { startFakeServer } from '../../../../support/fake-server';

const fake = startFakeServer();
const TOKEN = 'dapi-0123"4567\\89+/=';
const PASSWORD = 'pä:ss wörd';
const SIGNATURE = 'c2lnbmF0dXJl+/AbCd==';

/** Answers with everything that came, in the words of a careless server. */
function echo(status: number, more: (request: IncomingMessage) => string[] = () => []): void {
  fake.answer = async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) {
      body.push(chunk as Buffer);
    }
    const heard = [request.url, JSON.stringify(request.headers), Buffer.concat(body).toString(), ...more(request)];
    response
      .writeHead(status)
      .end(JSON.stringify({ error_code: heard.join(' '), message: `I heard ${heard.join(' ')}` }));
  };
}

/** All of an error that may come into a log or an answer. */
async function shownOf(failing: Promise<unknown>): Promise<string> {
  const error: Error = await failing.then(
    () => Promise.reject(new Error('it did not fail')),
    (thrown: Error) => thrown,
  );
  return [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
}

test.each<[string, Authorization, string[]]>([
  ['a token', { kind: 'bearer', token: TOKEN }, [TOKEN, encodeURIComponent(TOKEN), JSON.stringify(TOKEN).slice(1, -1)]],
  [
    'a password',
    { kind: 'basic', username: 'ann', password: PASSWORD },
    [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(`ann:${PASSWORD}`).toString('base64')],
  ],
])('%s that a registry repeats is not in the error', async (_what, authorization, secrets) => {
  const http = new RegistryHttp(fake.url(), authorization);
  echo(400, () => secrets);
  for (const failing of [() => http.get('/models', { name: 'churn' }), () => http.send('POST', '/webhooks', {})]) {
    const shown = await shownOf(failing());
    expect(shown).toContain('I heard');
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  }
});

test("a webhook's secret that a registry repeats is not in the error", async () => {
  const http = new RegistryHttp(fake.url(), { kind: 'none' });
  echo(400);
  const webhook = { http_url_spec: { url: 'https://receiver.example', secret: SIGNATURE } };
  const shown = await shownOf(http.send('POST', '/webhooks', webhook));
  expect(shown).toContain('https://receiver.example');
  expect(shown).not.toContain(SIGNATURE);
});

test('what lets one into a store is not in the error', async () => {
  const http = new RegistryHttp(fake.url(), { kind: 'bearer', token: TOKEN });
  echo(404, ({ url = '' }) => [...new URL(url, 'http://store').searchParams.values()]);
  const query = `signature=${encodeURIComponent(SIGNATURE)}&partNumber=1`;
  const shown = await shownOf(http.streamSigned(`${fake.url()}/file?${query}`, { 'X-Key': 'key-0123456789' }));
  expect(shown).toContain('partNumber=1');
  for (const secret of [SIGNATURE, encodeURIComponent(SIGNATURE), 'key-0123456789', TOKEN]) {
    expect(shown).not.toContain(secret);
  }
});
