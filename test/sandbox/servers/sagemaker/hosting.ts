import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { archiveOf, IMAGE, type Stage } from './stage';

/** A script that scales numbers, and does on request what else a container can do. */
const SCRIPT = `
import json, os, sys

def model_fn(model_dir):
    with open(os.path.join(model_dir, 'factor.txt')) as f:
        return float(f.read())

def input_fn(body, content_type):
    if content_type != 'application/json':
        raise ValueError('cannot read ' + str(content_type))
    return json.loads(body)

def predict_fn(data, model):
    if data == 'leak':
        return {'environment': dict(os.environ), 'arguments': sys.orig_argv, 'cwd': os.getcwd()}
    if isinstance(data, dict) and 'reach' in data:
        import socket
        host, port = data['reach']
        try:
            socket.create_connection((host, port), timeout=2).close()
            return 'reached'
        except OSError as error:
            return str(error)
    if data == 'sleep':
        import time
        time.sleep(0.6)
        return model
    return [number * model for number in data]

def output_fn(prediction, accept):
    print('answering', accept)
    return json.dumps(prediction), accept
`;

export const ENVIRONMENT = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' };

/** The files of an archive that serves, with changes. */
export function scriptFiles(factor: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { 'factor.txt': factor, 'code/inference.py': SCRIPT, ...changes };
}

/** Puts an archive into S3 and makes a model and an endpoint configuration of the same name from it. */
export async function prepare(
  stage: Stage,
  name: string,
  archive: Readonly<Record<string, string>> | Buffer,
  {
    image = IMAGE,
    variant = {},
    isolated = false,
    environment = {},
  }: {
    image?: string;
    variant?: Partial<ProductionVariant>;
    isolated?: boolean;
    environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  stage.aws.objects.set(`models/${name}.tar.gz`, Buffer.isBuffer(archive) ? archive : await archiveOf(archive));
  const container = {
    Image: image,
    ModelDataUrl: `s3://models/${name}.tar.gz`,
    Environment: { ...ENVIRONMENT, ...environment },
  };
  await stage.sagemaker.send(
    new CreateModelCommand({ ModelName: name, PrimaryContainer: container, EnableNetworkIsolation: isolated }),
  );
  await configure(stage, name, name, variant);
}

/** Makes an endpoint configuration with one variant of a model. */
export async function configure(
  stage: Stage,
  name: string,
  model: string,
  variant: Partial<ProductionVariant> = {},
): Promise<void> {
  const capacity = variant.ServerlessConfig ? {} : { InstanceType: 'ml.m5.large' as const, InitialInstanceCount: 1 };
  const variants = [{ VariantName: 'AllTraffic', ModelName: model, ...capacity, ...variant }];
  await stage.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: variants }),
  );
}

export const describeEndpoint = (stage: Stage, name: string) =>
  stage.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));

/** Waits until an endpoint is neither Creating nor Updating. */
export async function settled(stage: Stage, name: string): Promise<DescribeEndpointCommandOutput> {
  for (let tries = 0; tries < 6_000; tries += 1) {
    const endpoint = await describeEndpoint(stage, name);
    if (!['Creating', 'Updating'].includes(endpoint.EndpointStatus ?? '')) return endpoint;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${name} did not settle in 300 seconds.`);
}

/** Creates an endpoint from the configuration of the same name and waits for it. */
export async function deploy(stage: Stage, name: string, config = name): Promise<DescribeEndpointCommandOutput> {
  await stage.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: config }));
  return settled(stage, name);
}

/** Invokes an endpoint with JSON. */
export async function invoke(
  stage: Stage,
  name: string,
  data: unknown,
  headers: { ContentType?: string; Accept?: string; TargetVariant?: string } = {},
) {
  const body = typeof data === 'string' && data.startsWith('raw:') ? data.slice(4) : JSON.stringify(data);
  const answer = await stage.runtime.send(
    new InvokeEndpointCommand({
      EndpointName: name,
      Body: Buffer.from(body),
      ContentType: 'application/json',
      ...headers,
    }),
  );
  return { ...answer, text: Buffer.from(answer.Body ?? []).toString('utf8') };
}
