import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { typescriptArguments } from '../../sandbox/processes/start';
import { makeCertificate, OTHER_CPU } from '../processes';
import { LAMBDA_BYTES_PER_SECOND, type Scenario } from './scenarios';

const SERVER = join(__dirname, 'server.ts');
const [BUCKET, KEY] = ['models', 'model.tar.gz'];

/** The servers of a scenario, and their addresses for the methods. */
export interface Stand {
  /** The whole environment of a method: no AWS configuration of the user reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** URL of the archive that a method stores. */
  readonly archive: string;
  /** PEM file that clients must trust. */
  readonly authority: string;
  /** The current folder of a method. */
  readonly work: string;
  stop(): Promise<void>;
}

/** Starts source and sink for a scenario. @param files what the source serves */
export async function startStand(scenario: Scenario, files: string, home: string): Promise<Stand> {
  mkdirSync(home, { recursive: true });
  const authority = makeCertificate(home);
  const { latencyMs = 0, asInLambda = false } = scenario;
  const rate = String(asInLambda ? LAMBDA_BYTES_PER_SECOND : 0);
  const source = startServer([home, rate, files, String(latencyMs)], asInLambda);
  const sink = startServer([home, rate], asInLambda);
  const stop = async () => {
    for (const { process: server } of [source, sink]) {
      if (server.kill()) {
        await once(server, 'exit');
      }
    }
  };
  try {
    const [registry, s3] = await Promise.all([source.url, sink.url]);
    return {
      environment: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        REGISTRY: registry,
        BUCKET,
        KEY,
        NODE_EXTRA_CA_CERTS: authority,
        AWS_CA_BUNDLE: authority,
        AWS_ENDPOINT_URL_S3: s3,
        // The sink reads no trailing checksums, which SDKs send by default.
        AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
        AWS_ACCESS_KEY_ID: 'benchmark',
        AWS_SECRET_ACCESS_KEY: 'benchmark',
        AWS_REGION: 'us-east-1',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      archive: `${s3}/${BUCKET}/${KEY}`,
      authority,
      work: join(home, 'work'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startServer(
  args: string[],
  pinned: boolean,
): { readonly process: ChildProcess; readonly url: Promise<string> } {
  const [flag, loader, file] = typescriptArguments(SERVER);
  const server = fork(file, args, {
    cwd: PROJECT,
    execPath: pinned ? OTHER_CPU[0] : process.execPath,
    execArgv: [...(pinned ? [...OTHER_CPU.slice(1), process.execPath] : []), flag, loader],
  });
  const url = new Promise<string>((resolve, reject) => {
    server.once('message', (message) => resolve(String(message)));
    server.once('error', reject);
    server.once('exit', (code) =>
      reject(new Error(`a server of the benchmark ended with ${code} before it was ready`)),
    );
  });
  // The other server may fail first.
  url.catch(() => undefined);
  return { process: server, url };
}
