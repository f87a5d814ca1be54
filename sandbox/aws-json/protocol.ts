import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accounts } from './accounts';
import { callerOf, type Headers } from './caller';
import { encode } from './encode';
import { lackingInSandbox, reasonOf, ServiceError, serializationException } from './errors';
import type { Faults } from './faults';
import { answer, headersOf, readBody } from './http';
import type { JsonService } from './service';
import { refuseUnsupported } from './unsupported';
import { validInput } from './validate';

const JSON_1_1 = 'application/x-amz-json-1.1';

/** One call, as it came over the wire. */
interface WireCall {
  readonly action: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** What all services of a server share. */
export interface Host {
  readonly accounts: Accounts;
  /** What tests want to go wrong. */
  readonly faults: Faults;
}

/** A service with its context's type closed over, so that one list can hold services of different contexts. */
export interface Endpoint {
  readonly targetPrefix: string;
  readonly signingName: string;
  readonly actionNames: readonly string[];
  /** Does what is asked. @throws ServiceError what is to be answered instead */
  call(call: WireCall, host: Host): Promise<unknown>;
}

/** Makes of a service what a server can answer with. */
export function endpointOf<Context>(service: JsonService<Context>): Endpoint {
  return {
    targetPrefix: service.targetPrefix,
    signingName: service.signingName,
    actionNames: [...service.actions.keys()],
    call: (call, host) => runAction(service, call, host),
  };
}

/** Answers AWS JSON 1.1: every action is a POST to `/` that `X-Amz-Target` names. */
export async function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  endpoints: readonly Endpoint[],
  host: Host,
): Promise<void> {
  try {
    const body = await readBody(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix, action = ''] = target.split('.');
    const endpoint = endpoints.find(({ targetPrefix }) => targetPrefix === prefix);
    if (!endpoint) throw unknownOperation(target);
    const output = await endpoint.call({ action, headers: headersOf(request), body }, host);
    answer(response, 200, { 'content-type': JSON_1_1 }, output === undefined ? '' : JSON.stringify(output));
  } catch (error) {
    const { code, message, status, members } = asServiceError(error);
    const json = JSON.stringify({ __type: code, message, ...members });
    answer(response, status, { 'content-type': JSON_1_1 }, json);
  }
}

async function runAction<Context>(
  service: JsonService<Context>,
  { action: name, headers, body }: WireCall,
  host: Host,
): Promise<unknown> {
  const { model, actions, signingName, targetPrefix } = service;
  const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
  if (!operation) throw unknownOperation(`${targetPrefix}.${name}`);
  const action = actions.get(name);
  if (!action) throw lackingInSandbox(service.name, `the action ${name}`);
  const caller = await callerOf(headers, signingName, host.accounts);
  const context = service.contextOf(caller);
  return host.faults.around(name, caller, async () => {
    const input = operation.input ? validInput(model, operation.input.shape, parseJson(body)) : {};
    refuseUnsupported(service.name, name, service.unsupported ?? {}, input);
    const output = await action(input as never, context);
    return operation.output && encode(model, operation.output.shape, output ?? {});
  });
}

function unknownOperation(target: string): ServiceError {
  return new ServiceError('UnknownOperationException', `There is no operation ${target}.`, 400);
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw serializationException(reasonOf(error));
  }
}

/** A bug of a stand-in is answered as AWS answers its own: 500 `InternalFailure`, here with the reason. */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError('InternalFailure', `The sandbox failed: ${reasonOf(error)}`, 500);
}
