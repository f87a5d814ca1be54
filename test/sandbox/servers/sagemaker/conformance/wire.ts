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

/** How a service's requests are named and signed. */
export interface WireService {
  readonly prefix: string;
  readonly signingName: string;
}

const SAGEMAKER: WireService = { prefix: 'SageMaker', signingName: 'sagemaker' };

/** Calls actions as bytes, without an SDK that would check or complete them. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(
    private readonly url: string,
    private readonly service = SAGEMAKER,
  ) {}

  call(action: string, input: Json): Promise<Answer> {
    const body = JSON.stringify(input);
    const { prefix, signingName } = this.service;
    const scope = `${ACCOUNT}/20270101/${REGION}/${signingName}/aws4_request`;
    const headers = {
      'X-Amz-Target': `${prefix}.${action}`,
      'Content-Type': 'application/x-amz-json-1.1',
      'Content-Length': Buffer.byteLength(body),
      Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
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
