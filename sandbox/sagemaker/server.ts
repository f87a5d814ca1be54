import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ACTIONS } from './actions';
import type { ActionContext } from './actions/context';
import { callerOf } from './caller';
import { answerCalls, Calls } from './calls';
import { EndpointLifecycle } from './endpoints/lifecycle';
import { EventSender } from './events';
import { answerFaults, Faults } from './faults';
import { answer, headersOf } from './http';
import { ModelData } from './model-data';
import { answerControl, answerInvocation } from './protocols';
import { loadServiceModel } from './service-model';
import { StateStore } from './state';

/** How SageMaker's stand-in is started. */
export interface SageMakerOptions {
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
  /** An interpreter that has botocore (for the service model) and what the models need (for the workers). */
  readonly python: string;
  /** Where S3 and EventBridge are. */
  readonly awsEndpoint: string;
  /** A folder for the workers; each endpoint's variant has one of its own in it while it runs. */
  readonly workDir: string;
  readonly log: (line: string) => void;
}

/** A running stand-in. */
export interface SageMakerServer {
  readonly url: string;
  /** Ends the workers and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts SageMaker's stand-in on a loopback port: the control API, the runtime, `GET /health`, `/_sandbox/faults` (see faults.ts)
 * and `/_sandbox/calls` (see calls.ts). Each account and region has a registry and endpoints of its own, in memory.
 *
 * @throws Error when the interpreter has no botocore, or the port is taken
 */
export async function startSageMaker(options: SageMakerOptions): Promise<SageMakerServer> {
  const model = await loadServiceModel(options.python);
  const runtimeModel = await loadServiceModel(options.python, 'sagemaker-runtime');
  const states = new StateStore();
  const faults = new Faults(new Set([...ACTIONS.keys(), 'InvokeEndpoint']));
  const calls = new Calls();
  const modelData = new ModelData(options.awsEndpoint);
  const events = new EventSender(options.awsEndpoint, options.log);
  const { python, workDir, log } = options;
  const endpoints = new EndpointLifecycle({ python, workDir, log, modelData }, events);
  const contextOf = (request: IncomingMessage): ActionContext => {
    const caller = callerOf(request.headers.authorization);
    return { caller, state: states.of(caller), modelData, events, endpoints, faults };
  };

  const route = (request: IncomingMessage, response: ServerResponse): Promise<void> | void => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    calls.record(headersOf(request));
    const endpointName = /^\/endpoints\/([^/]+)\/invocations$/.exec(path)?.[1];
    if (request.method === 'GET' && path === '/health')
      return answer(response, 200, { 'content-type': 'text/plain' }, 'ok');
    if (path === '/_sandbox/faults') return answerFaults(request, response, faults);
    if (request.method === 'GET' && path === '/_sandbox/calls') return answerCalls(response, calls);
    if (request.method === 'POST' && path === '/') return answerControl(request, response, model, contextOf);
    if (request.method === 'POST' && endpointName !== undefined) {
      return answerInvocation(decodedName(endpointName), request, response, runtimeModel, contextOf);
    }
    return answer(response, 404, { 'content-type': 'text/plain' }, 'not found');
  };

  const server = createServer((request, response) => {
    Promise.resolve(route(request, response)).catch((error: unknown) => {
      log(`A request broke off: ${String(error)}`);
      response.destroy();
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await endpoints.close();
      await events.close();
      modelData.close();
      await closed;
    },
  };
}

/** A name out of a path. One that is wrongly escaped stays as it is: no endpoint can have such a name. */
function decodedName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
