import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { listen, type Server } from '../servers/listen';

/** What AWS answers to the calls of a delivery, by operation. */
const ANSWERS: Readonly<Record<string, object>> = {
  'secretsmanager.GetSecretValue': { SecretString: 'webhook-secret' },
  'DynamoDB_20120810.GetItem': {
    Item: { pk: { S: 'ENROLMENT' }, sk: { S: 'churn' }, status: { S: 'active' } },
  },
  'AWSStepFunctions.StartExecution': {
    executionArn: 'arn:aws:states:us-east-1:111122223333:execution:sync:churn',
    startDate: 1,
  },
};

/** Secrets Manager, DynamoDB and Step Functions, as far as a delivery asks for them, over TLS as AWS speaks it. */
export interface FakeAws extends Server {
  /** File with the certificate that a client has to trust. */
  readonly certificate: string;
  readonly secret: string;
  /** How often each operation was called. */
  readonly calls: ReadonlyMap<string, number>;
}

/**
 * Starts the fake on a free port of 127.0.0.1.
 *
 * @param folder for the new certificate
 */
export async function startFakeAws(folder: string): Promise<FakeAws> {
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-days', '1', ...name, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  const calls = new Map<string, number>();
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    request.resume().on('end', () => {
      const operation = String(request.headers['x-amz-target']);
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      const answer = ANSWERS[operation];
      response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer ?? { message: `${operation} is not known here` }));
    });
  });
  return { ...(await listen(server, 'https')), certificate, secret: 'webhook-secret', calls };
}
