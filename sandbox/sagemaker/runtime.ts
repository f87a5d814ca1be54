import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Caller, callerOf } from '../aws-json/caller';
import { answer, headersOf, readBody } from '../aws-json/http';
import { asServiceError, type Host } from '../aws-json/protocol';
import type { ServiceModel } from '../aws-json/service-model';
import type { ActionContext } from './actions/context';
import { checkInvocation } from './endpoints/invocation-input';
import { invokeEndpoint } from './endpoints/invoke';

/** What the runtime is signed for: the same as the control API. */
export const SIGNING_NAME = 'sagemaker';

/** The runtime: `POST /endpoints/<name>/invocations`, REST with errors named in a header. */
export async function answerInvocation(
  endpointName: string,
  request: IncomingMessage,
  response: ServerResponse,
  model: ServiceModel,
  host: Host,
  contextOf: (caller: Caller) => ActionContext,
): Promise<void> {
  try {
    const body = await readBody(request);
    const caller = await callerOf(headersOf(request), SIGNING_NAME, host.accounts);
    const { state, endpoints } = contextOf(caller);
    const invocation = { endpointName, headers: headersOf(request), body };
    const result = await host.faults.around('InvokeEndpoint', caller, () => {
      checkInvocation(model, invocation);
      return invokeEndpoint(invocation, state, endpoints);
    });
    answer(response, 200, result.headers, result.body);
  } catch (error) {
    const { code, message, status, members } = asServiceError(error);
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
    answer(response, status, headers, JSON.stringify({ Message: message, ...members }));
  }
}
