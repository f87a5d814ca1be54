import { mkdirSync, rmSync } from 'node:fs';
import type { DataSet } from '../data/data-sets';
import type { BenchHome } from '../home';
import { SinkClient } from '../measure/sink-client';
import type { RivalKind } from '../rivals/rivals';
import { makeCertificates } from '../servers/sink/certificates';
import { PIPE_BUCKET } from '../servers/sink/sink';
import { startServer } from '../servers/start';
import type { Scenario } from './scenarios';

const BUCKET = 'models';
const KEY = 'model.tar.gz';

/** The servers of a scenario, and their addresses for the methods. */
export interface Stand {
  /** The whole environment of a rival: nothing of the user's own AWS configuration reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Reads what a rival put into the sink. */
  readonly client: SinkClient;
  /** Where a rival of this kind puts its archive. */
  objectOf(kind: RivalKind): string;
  stop(): Promise<void>;
}

/** Starts source and sink for a scenario. */
export async function startStand(
  { latencyMs }: Scenario,
  { folder }: DataSet,
  home: BenchHome,
  python: string,
): Promise<Stand> {
  const { authority, certificate, key } = makeCertificates(home.certificates);
  const source = await startServer('source', python, { FOLDER: folder });
  const sink = await startServer('sink', python, { CERTIFICATE: certificate, KEY: key });
  const base = latencyMs === 0 ? source.url : `${source.url}/latency-${latencyMs}`;
  mkdirSync(home.work, { recursive: true });
  return {
    environment: {
      PATH: process.env.PATH ?? '',
      HOME: home.work,
      REGISTRY: base,
      BUCKET,
      KEY,
      TARGET: `${sink.url}/${PIPE_BUCKET}/${KEY}`,
      AUTHORITY: authority,
      NODE_EXTRA_CA_CERTS: authority,
      AWS_CA_BUNDLE: authority,
      AWS_ENDPOINT_URL_S3: sink.url,
      AWS_ACCESS_KEY_ID: 'benchmark',
      AWS_SECRET_ACCESS_KEY: 'benchmark',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    client: new SinkClient(sink.url, authority),
    objectOf: (kind) => `${kind === 'reference' ? PIPE_BUCKET : BUCKET}/${KEY}`,
    stop: async () => {
      await Promise.all([source.stop(), sink.stop()]);
      rmSync(home.work, { recursive: true, force: true });
    },
  };
}
