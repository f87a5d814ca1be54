import type { IncomingMessage, ServerResponse } from 'node:http';
import { ACTIONS } from './actions';
import type { ActionContext } from './actions/context';
import { encode } from './encode';
import { checkInvocation } from './endpoints/invocation-input';
import { invokeEndpoint } from './endpoints/invoke';
import { notInSandbox, reasonOf, ServiceError, serializationException } from './errors';
import { answer, headersOf, readBody } from './http';
import type { ServiceModel } from './service-model';
import { refuseUnsupported } from './unsupported';
import { validInput } from './validate';

const JSON_1_1 = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'SageMaker.';

/** The control API: AWS JSON 1.1, every action a POST to `/` that `X-Amz-Target` names. */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  model: ServiceModel,
  contextOf: (request: IncomingMessage) => ActionContext,
): Promise<void> {
  try {
    const body = await readBody(request);
    const output = await runAction(String(request.headers['x-amz-target'] ?? ''), body, model, () =>
      contextOf(request),
    );
    answer(response, 200, { 'content-type': JSON_1_1 }, output === undefined ? '' : JSON.stringify(output));
  } catch (error) {
    const { code, message, status, members } = asServiceError(error);
    const json = JSON.stringify({ __type: code, message, ...members });
    answer(response, status, { 'content-type': JSON_1_1 }, json);
  }
}

async function runAction(
  target: string,
  body: Buffer,
  model: ServiceModel,
  context: () => ActionContext,
): Promise<unknown> {
  const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
  const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
  if (!operation) throw new ServiceError('UnknownOperationException', `There is no operation ${target}.`, 400);
  const action = ACTIONS.get(name);
  if (!action) throw notInSandbox(`the action ${name}`);
  const called = context();
  return called.faults.around(name, called.caller, async () => {
    const input = operation.input ? validInput(model, operation.input.shape, parseJson(body)) : {};
    refuseUnsupported(name, input);
    const output = await action(input as never, called);
    return operation.output && encode(model, operation.output.shape, output ?? {});
  });
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw serializationException(reasonOf(error));
  }
}

/** The runtime: `POST /endpoints/<name>/invocations`, REST with errors named in a header. */
export async function answerInvocation(
  endpointName: string,
  request: IncomingMessage,
  response: ServerResponse,
  model: ServiceModel,
  contextOf: (request: IncomingMessage) => ActionContext,
): Promise<void> {
  try {
    const body = await readBody(request);
    const { caller, state, endpoints, faults } = contextOf(request);
    const invocation = { endpointName, headers: headersOf(request), body };
    const result = await faults.around('InvokeEndpoint', caller, () => {
      checkInvocation(model, invocation);
      return invokeEndpoint(invocation, state, endpoints, Math.random);
    });
    answer(response, 200, result.headers, result.body);
  } catch (error) {
    const { code, message, status, members } = asServiceError(error);
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
    answer(response, status, headers, JSON.stringify({ Message: message, ...members }));
  }
}

/** A bug of this stand-in is answered as AWS answers its own: 500 `InternalFailure`, here with the reason. */
function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError('InternalFailure', `The sandbox's SageMaker failed: ${reasonOf(error)}`, 500);
}
