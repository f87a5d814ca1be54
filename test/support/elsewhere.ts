import { type FakeServer, startFakeServer } from './fake-server';

/** A server where nobody should ask, least of all with credentials. */
export interface Elsewhere extends FakeServer {
  /** `<method> <url> <authorization>` of what this test asked there. */
  readonly asked: readonly string[];
}

/** Starts it for the tests of a file. */
export function startElsewhere(): Elsewhere {
  const asked: string[] = [];
  const elsewhere: Elsewhere = Object.assign(startFakeServer(), { asked });
  beforeEach(() => {
    asked.length = 0;
    elsewhere.answer = (request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
      response.end('{}');
    };
  });
  return elsewhere;
}
