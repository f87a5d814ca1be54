import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './errors';
import type { RegistryEvent } from './events';
import { endToEnd, forwardedHeaders } from './headers';
import { parseObject, readBody } from './http';
import { OBSERVERS } from './observe';
import type { Upstream } from './upstream';

const ANSWER_LIMIT = 16 * 1024 * 1024;

/** Passes on the calls that webhooks are told of, and tells of those that succeed. */
export class ObservedCalls {
  /** The last call about each model. Calls about one model are made in turn, so that each sees the stages before it. */
  private readonly turns = new Map<string, Promise<void>>();

  constructor(
    private readonly upstream: Upstream,
    private readonly tell: (event: RegistryEvent) => void,
  ) {}

  /** Makes the call `name` of OBSERVERS; the client gets MLflow's answer before anybody is told. */
  async make(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const fields = parseObject(body);
    await this.inTurn(String(fields.name), async () => {
      const eventsOf = await this.observer(name, fields);
      const { 'transfer-encoding': _, ...headers } = forwardedHeaders(request);
      const answer = await this.upstream.open({
        method: 'POST',
        path: request.url ?? '/',
        headers: { ...headers, 'content-length': body.length },
        body,
      });
      const answered = await readBody(answer, ANSWER_LIMIT);
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer));
      response.end(answered);
      if (answer.statusCode === 200) eventsOf(parseObject(answered)).forEach(this.tell);
    });
  }

  /** What MLflow refuses to look up it refuses to change as well: then there is nothing to tell. */
  private async observer(
    name: string,
    fields: Record<string, unknown>,
  ): Promise<(answer: Record<string, unknown>) => RegistryEvent[]> {
    try {
      return (await OBSERVERS.get(name)?.(this.upstream, fields)) ?? (() => []);
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) return () => [];
      throw error;
    }
  }

  private async inTurn(model: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.turns.get(model) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.turns.set(model, settled);
    try {
      await turn;
    } finally {
      if (this.turns.get(model) === settled) this.turns.delete(model);
    }
  }
}
