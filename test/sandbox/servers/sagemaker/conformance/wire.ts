import { Agent, request } from 'node:http';
import { ACCOUNT, REGION } from '../stage';
import type { Json } from './requests';
import type { Refusal } from './words';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
  readonly body: Record<string, Json>;
}

const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20270101/${REGION}/sagemaker/aws4_request, SignedHeaders=host, Signature=0`;

/** Calls actions as bytes, without an SDK that would check or complete them. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly url: string) {}

  call(action: string, input: Json): Promise<Answer> {
    const body = JSON.stringify(input);
    const headers = {
      'X-Amz-Target': `SageMaker.${action}`,
      'Content-Type': 'application/x-amz-json-1.1',
      'Content-Length': Buffer.byteLength(body),
      Authorization: AUTHORIZATION,
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.url, { method: 'POST', headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, Json>;
          const { __type, message } = parsed as { __type?: string; message?: string };
          resolve({ status: response.statusCode ?? 0, code: __type, message: message ?? '', body: parsed });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Why an answer is not what the model says, or undefined when it is. */
export function difference({ status, code, message }: Answer, refusal: Refusal | undefined): string | undefined {
  const said = `${status} ${code}: ${message}`;
  if (refusal === undefined) return refusedByModel(code, message) || code === 'InternalFailure' ? said : undefined;
  const errors = /^(\d+) validation errors? detected: /.exec(message)?.[1];
  const right =
    status === 400 &&
    code === refusal.code &&
    message.includes(refusal.words) &&
    message.includes(refusal.also ?? '') &&
    (refusal.errors === undefined || errors === String(refusal.errors));
  return right ? undefined : `${said}, wanted ${JSON.stringify(refusal)}`;
}

function refusedByModel(code: string | undefined, message: string): boolean {
  return code === 'SerializationException' || message.includes('failed to satisfy constraint');
}
