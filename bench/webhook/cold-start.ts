import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../sandbox/processes/paths';
import { bundle, makeCertificate, ONE_CPU } from '../processes';
import type { Figure } from '../report/results';
import { median } from '../transfers/summary';

const SECRET = 'webhook-secret';
/** Responses of AWS to the calls of a delivery, by operation. */
const ANSWERS: Readonly<Record<string, object>> = {
  'secretsmanager.GetSecretValue': { SecretString: SECRET },
  'DynamoDB_20120810.GetItem': {
    Item: { pk: { S: 'ENROLMENT' }, sk: { S: 'churn' }, groupName: { S: 'churn' }, status: { S: 'active' } },
  },
  'AWSStepFunctions.StartExecution': {
    executionArn: 'arn:aws:states:us-east-1:111122223333:execution:sync:churn',
    startDate: 1,
  },
};

/**
 * How long a delivery waits for a new instance of the receiver, and for a warm one: new processes with the deployed bundle and one
 * CPU, as the function has it, against a fake AWS over TLS.
 */
export async function measureColdStart(quick: boolean, say: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
  const certificate = makeCertificate(folder);
  const aws = await startFakeAws(folder);
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_ENDPOINT_URL: `https://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    FAKE_SECRET: SECRET,
    WEBHOOK_SECRET: 'webhook',
    TABLE_NAME: 'table',
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:sync',
    POWERTOOLS_SERVICE_NAME: 'mlflow-mlops',
  };
  try {
    await bundle([join(PROJECT, 'lambda', 'webhook', 'handler.ts')], folder);
    const [cold, warm]: [number[], number[]] = [[], []];
    say('webhook: new instances');
    for (let run = 0; run < (quick ? 3 : 9); run++) {
      const [program, ...args] = [...ONE_CPU, process.execPath, join(__dirname, 'first-delivery.cjs')];
      const { stdout } = await promisify(execFile)(program, [...args, join(folder, 'handler.js')], { env });
      const { coldMs, warmMs } = JSON.parse(stdout) as { coldMs: number; warmMs: number };
      cold.push(coldMs);
      warm.push(warmMs);
    }
    return [
      { what: 'webhook function, cold start', value: `${median(cold).toFixed(0)} ms, without network time` },
      { what: 'webhook function, warm', value: `${median(warm).toFixed(1)} ms, without network time` },
    ];
  } finally {
    aws.close();
    aws.closeAllConnections();
    rmSync(folder, { recursive: true });
  }
}

/** Secrets Manager, DynamoDB and Step Functions, as far as a delivery needs them. */
async function startFakeAws(folder: string): Promise<Server> {
  const tls = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'certificate.pem')) };
  const server = createServer(tls, (request, response) => {
    request.resume().on('end', () => {
      const operation = String(request.headers['x-amz-target']);
      const answer = ANSWERS[operation];
      response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer ?? { message: `${operation} is not known here` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
