import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Caller } from './caller';
import { reasonOf, ServiceError } from './errors';
import { answer, readBody } from './http';

const faultSchema = z.strictObject({
  /** The action that fails: one that the stand-in has. */
  action: z.string(),
  /** AWS's name of the error, as `ThrottlingException`. */
  code: z.string().regex(/^[A-Z][A-Za-z]+$/),
  message: z.string().default('The sandbox was told to fail this call.'),
  status: z.int().min(400).max(599).default(400),
  /** How many calls fail. */
  times: z.int().min(1).default(1),
  /** The account whose calls fail; all when not given. */
  account: z
    .string()
    .regex(/^\d{12}$/)
    .exactOptional(),
  /** `after`: the call has its effect and only its answer is lost, as when a connection breaks. */
  when: z.enum(['before', 'after']).default('before'),
});

/** An error that the next calls of an action are answered with. */
export type Fault = z.infer<typeof faultSchema>;

/** What a caller says of a fault; the rest has defaults. */
export type FaultRequest = z.input<typeof faultSchema>;

/** The faults that are still to come, in the order in which they were asked for. */
export class Faults {
  private pending: Fault[] = [];

  /** @param actions the names of the actions that can fail */
  constructor(private readonly actions: ReadonlySet<string>) {}

  /** Adds a fault. @throws Error that says what is wrong with it */
  add(request: unknown): void {
    const parsed = faultSchema.safeParse(request);
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
    if (!this.actions.has(parsed.data.action)) throw new Error(`${parsed.data.action} is no action that is here`);
    this.pending.push(parsed.data);
  }

  clear(): void {
    this.pending = [];
  }

  /** The faults that no call has met yet, with how often they will still be met. */
  list(): readonly Fault[] {
    return this.pending;
  }

  /**
   * Does the work of a call, unless a fault waits for it.
   *
   * @throws ServiceError the fault, before or after the work
   */
  async around<Result>(
    action: string,
    { account }: Caller,
    work: () => Result | Promise<Result>,
  ): Promise<Awaited<Result>> {
    const fault = this.take(action, account);
    if (fault?.when === 'before') throw errorOf(fault);
    const result = await work();
    if (fault) throw errorOf(fault);
    return result;
  }

  private take(action: string, account: string): Fault | undefined {
    const fault = this.pending.find((each) => each.action === action && (each.account ?? account) === account);
    if (!fault) return undefined;
    fault.times -= 1;
    this.pending = this.pending.filter(({ times }) => times > 0);
    return fault;
  }
}

function errorOf({ code, message, status }: Fault): ServiceError {
  return new ServiceError(code, message, status, { Message: message });
}

/** `/_sandbox/faults`: POST adds a fault, GET lists those that no call has met yet, DELETE clears them. */
export async function answerFaults(request: IncomingMessage, response: ServerResponse, faults: Faults): Promise<void> {
  const type = { 'content-type': 'application/json' };
  try {
    if (request.method === 'POST') faults.add(JSON.parse((await readBody(request)).toString('utf8')));
    else if (request.method === 'DELETE') faults.clear();
    else if (request.method !== 'GET') return answer(response, 405, type, '{}');
    answer(response, 200, type, JSON.stringify({ faults: faults.list() }));
  } catch (error) {
    answer(response, 400, type, JSON.stringify({ message: reasonOf(error) }));
  }
}
