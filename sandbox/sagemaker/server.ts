import type { Caller } from '../aws-json/caller';
import { EventSender } from '../aws-json/events';
import { endpointOf } from '../aws-json/protocol';
import { type ListeningServer, startServer } from '../aws-json/server';
import { loadServiceModel } from '../aws-json/service-model';
import { ACTIONS } from './actions';
import type { ActionContext } from './actions/context';
import { hostingTypes } from './cloudformation';
import { ContainerImages } from './container-images';
import { EndpointLifecycle } from './endpoints/lifecycle';
import { ModelData } from './model-data';
import { answerInvocation, SIGNING_NAME } from './runtime';
import { StateStore } from './state';
import { UNSUPPORTED } from './unsupported';

/** How SageMaker's stand-in is started. */
export interface SageMakerOptions {
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
  /** An interpreter that has botocore (for the service model) and what the models need (for the workers). */
  readonly python: string;
  /** Where S3, ECR and EventBridge are. */
  readonly awsEndpoint: string;
  /** A folder for the workers; each endpoint's variant has one of its own in it while it runs. */
  readonly workDir: string;
  /** Where builds make environment images. */
  readonly imagesDir: string;
  /** Variables by which this machine reaches package indexes. */
  readonly machine: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/**
 * Starts SageMaker's stand-in on a loopback port: the control API, the runtime, and what every stand-in has (see
 * aws-json/server.ts). Each account and region has a registry and endpoints of its own, in memory.
 *
 * @returns the server; closing it ends the workers too
 * @throws Error when the interpreter has no botocore, or the port is taken
 */
export async function startSageMaker(options: SageMakerOptions): Promise<ListeningServer> {
  const { python, workDir, imagesDir, machine, awsEndpoint, log } = options;
  const model = await loadServiceModel(python, 'sagemaker');
  const runtimeModel = await loadServiceModel(python, 'sagemaker-runtime');
  const states = new StateStore();
  const modelData = new ModelData(awsEndpoint);
  const images = new ContainerImages(awsEndpoint);
  const events = new EventSender('sagemaker', awsEndpoint, log);
  const endpoints = new EndpointLifecycle({ python, workDir, imagesDir, machine, log, modelData, images });
  const contextOf = (caller: Caller): ActionContext => {
    return { caller, state: states.of(caller), modelData, images, events, endpoints };
  };
  const control = endpointOf({
    name: 'SageMaker',
    model,
    signingName: SIGNING_NAME,
    targetPrefix: 'SageMaker',
    actions: ACTIONS,
    contextOf,
    unsupported: UNSUPPORTED,
  });
  const server = await startServer({
    port: options.port,
    awsEndpoint,
    log,
    endpoints: [control],
    resources: ({ faults }) => hostingTypes({ model, contextOf, faults }),
    otherActions: ['InvokeEndpoint'],
    route: (request, response, path, host) => {
      const name = /^\/endpoints\/([^/]+)\/invocations$/.exec(path)?.[1];
      if (request.method !== 'POST' || name === undefined) return undefined;
      return answerInvocation(decodedName(name), request, response, runtimeModel, host, contextOf);
    },
  });
  return {
    url: server.url,
    close: async () => {
      const closed = server.close();
      await endpoints.close();
      await events.close();
      modelData.close();
      images.close();
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
