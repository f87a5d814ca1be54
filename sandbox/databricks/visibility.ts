import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { ApiError, doesNotExist } from './errors';
import { parseObject, readBody, sendJson } from './http';

const Visible = z.strictObject({
  /** The names of the models that can be seen; an empty list hides all. */
  models: z.array(z.string()),
});

/** Calls whose answer lists models or versions, with the member that the list is in. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ['registered-models/search', 'registered_models'],
  ['model-versions/search', 'model_versions'],
]);

/**
 * What callers get to see of the registry: a workspace leaves out of its lists what a user has no right to read, without a word, and
 * says of it that it is not there. Tests narrow it by `PUT /_sandbox/visible`, and `DELETE` shows everything again.
 */
export class Visibility {
  private models: ReadonlySet<string> | undefined;

  /** @throws ApiError 404 for a call about a model that cannot be seen */
  check(query: URLSearchParams): void {
    const name = query.get('name');
    if (name !== null && !this.shows(name)) {
      throw doesNotExist(`Registered Model with name=${name} not found`);
    }
  }

  /** Whether a call's answer has to be gone through. */
  narrows(call: string): boolean {
    return this.models !== undefined && LISTS.has(call);
  }

  /** A listing without what cannot be seen; its pages keep their tokens. */
  narrow(call: string, answer: Record<string, unknown>): Record<string, unknown> {
    const member = LISTS.get(call) ?? '';
    const items = (answer[member] ?? []) as { name: string }[];
    return { ...answer, [member]: items.filter(({ name }) => this.shows(name)) };
  }

  /** Answers the call that narrows what can be seen, or ends that. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parsed = request.method === 'DELETE' ? undefined : Visible.safeParse(parseObject(await readBody(request)));
    if (parsed?.success === false) throw new ApiError(400, 'INVALID_PARAMETER_VALUE', z.prettifyError(parsed.error));
    this.models = parsed && new Set(parsed.data.models);
    sendJson(response, 200, {});
  }

  private shows(name: string): boolean {
    return this.models?.has(name) ?? true;
  }
}
