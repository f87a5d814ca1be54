import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One call that a client made. */
export interface Call {
  readonly action: string;
  /** The parameters: of AWS's JSON protocol as they were sent, of its query protocol as text. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the server answers: an object as JSON, a text as it is. */
export interface Answer {
  readonly status?: number;
  readonly body: object | string;
}

/** A server that speaks what AWS's services speak, with answers that a test gives it. */
export class FakeAws {
  readonly calls: Call[] = [];

  private constructor(private readonly server: Server) {}

  static async start(answer: (call: Call) => Answer): Promise<FakeAws> {
    const fake = new FakeAws(
      createServer(async (request, response) => {
        const call = callOf(request, await text(request));
        fake.calls.push(call);
        const { status = 200, body } = answer(call);
        const json = typeof body !== 'string';
        response.writeHead(status, { 'content-type': json ? 'application/x-amz-json-1.1' : 'text/xml' });
        response.end(json ? JSON.stringify(body) : body);
      }),
    );
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a client needs to talk to this server. */
  get client() {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return { endpoint: this.url, region: 'eu-west-1', credentials, maxAttempts: 1 };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function callOf({ headers }: IncomingMessage, body: string): Call {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    return { action: target.split('.')[1] ?? '', input: JSON.parse(body) };
  }
  const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(body));
  return { action: Action, input };
}
