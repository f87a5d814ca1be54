import type { ServerResponse } from 'node:http';
import type { Headers } from './caller';
import { answer } from './http';

/** A call that a Lambda function made, as a policy names it. */
export interface Call {
  /** ARN of the function. */
  readonly function: string;
  /** `sagemaker:DescribeModelPackage` */
  readonly action: string;
  /** What it was made on; `*` where that is not known. */
  readonly resource: string;
  /** How often it was made. */
  readonly count: number;
}

const TARGET = /^([A-Za-z0-9_]+)\.([A-Za-z]+)$/;

/**
 * The calls that Lambda functions made, every kind of them once and how often. MiniStack gives a function its ARN as session token
 * (ministack/observed_requests.py), and SDKs send the token with each request. Which resource a call is for is not read here:
 * the policies' resources are the business of tests of the template.
 */
export class Calls {
  private readonly made = new Map<string, Call>();

  /** @param services by target prefix (`SageMaker`): what policies call the service (`sagemaker`) */
  constructor(private readonly services: ReadonlyMap<string, string>) {}

  record(headers: Headers): void {
    const caller = headers['x-amz-security-token'] ?? '';
    const [, prefix = '', action] = TARGET.exec(headers['x-amz-target'] ?? '') ?? [];
    const service = this.services.get(prefix);
    if (caller.startsWith('arn:aws:lambda:') && service !== undefined) {
      const call = { function: caller, action: `${service}:${action}`, resource: '*' };
      const key = JSON.stringify(call);
      this.made.set(key, { ...call, count: (this.made.get(key)?.count ?? 0) + 1 });
    }
  }

  list(): Call[] {
    return [...this.made.values()];
  }
}

/** `GET /_sandbox/calls` */
export function answerCalls(response: ServerResponse, calls: Calls): void {
  answer(response, 200, { 'content-type': 'application/json' }, JSON.stringify({ calls: calls.list() }));
}
