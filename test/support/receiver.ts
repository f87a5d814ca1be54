import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { json, startFakeServer } from './fake-server';

/** A header as it comes over the wire; the same name may come several times. */
export type Header = readonly [name: string, value: string];

/** A delivery as API Gateway's REST API hands it to the function. */
export interface Sent {
  readonly headers: readonly Header[];
  readonly body: string | Buffer;
}

/** The receiver's own handler, and what it asked of AWS. */
export interface Receiver {
  /** What the senders' secret is, by its stages. */
  stages: Partial<Record<'AWSCURRENT' | 'AWSPREVIOUS', string>>;
  /** When the secrets were made, in seconds since the epoch. @default - when they are read */
  createdAt?: number;
  /** Calls to AWS, as `<service>.<action>`. */
  readonly calls: string[];
  /** Names of the models whose syncs were started. */
  readonly started: string[];
  /** Seconds since the epoch, as the receiver sees it. */
  now: number;
  send(sent: Sent): Promise<APIGatewayProxyResult>;
  /** Hands an event in as it is. */
  invoke(event: Pick<APIGatewayProxyEvent, 'headers' | 'body' | 'isBase64Encoded'>): Promise<APIGatewayProxyResult>;
}

/**
 * Loads the handler and points it to a small server in the place of Secrets Manager, DynamoDB (where everybody is enrolled) and
 * Step Functions. For the tests of one file.
 */
export function startReceiver(secret: string): Receiver {
  const aws = startFakeServer();
  const calls: string[] = [];
  const started: string[] = [];
  let handler: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;
  const receiver: Receiver = {
    stages: { AWSCURRENT: secret },
    calls,
    started,
    now: 1_795_464_120,
    send: (sent) => handler(eventOf(sent)),
    invoke: (event) => handler(event as APIGatewayProxyEvent),
  };
  aws.answer = async (request, response) => {
    const action = String(request.headers['x-amz-target']).replace(/^\w+?_?\d*\./, '');
    const input = JSON.parse((await buffer(request)).toString('utf8'));
    calls.push(action);
    switch (action) {
      case 'GetSecretValue': {
        const value = receiver.stages[input.VersionStage as 'AWSCURRENT'];
        return value === undefined
          ? json(response, { __type: 'ResourceNotFoundException', message: 'no such version' }, 400)
          : json(response, {
              SecretString: value,
              VersionId: `id-of-${value}`,
              CreatedDate: receiver.createdAt ?? receiver.now,
            });
      }
      case 'GetItem':
        return json(
          response,
          input.Key.pk.S === 'ENROLMENT' ? { Item: { ...input.Key, status: { S: 'active' } } } : {},
        );
      case 'StartExecution':
        started.push(JSON.parse(input.input).modelName);
        return json(response, { executionArn: 'arn:aws:states:us-east-1:111122223333:execution:sync:x', startDate: 1 });
      default:
        return json(response, { message: `${action} is not known here` }, 400);
    }
  };
  beforeAll(() => {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url(),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 's',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      TABLE_NAME: 'table',
      WEBHOOK_SECRET: 'mlflow-mlops/webhook_shared_secret',
      STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:sync',
    });
    jest.spyOn(Date, 'now').mockImplementation(() => receiver.now * 1000);
    // After the environment: clients and the log read it once.
    ({ handler } = require('../../lambda/webhook/handler'));
  });
  afterAll(() => jest.restoreAllMocks());
  return receiver;
}

/** REST APIs give the last value of a header in `headers`, and all in `multiValueHeaders`; no text goes in as base64. */
export function eventOf({ headers, body }: Sent): APIGatewayProxyEvent {
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    multiValueHeaders[name] = [
      ...(Object.hasOwn(multiValueHeaders, name) ? (multiValueHeaders[name] ?? []) : []),
      value,
    ];
  }
  const isBase64Encoded = typeof body !== 'string';
  return {
    headers: Object.fromEntries(headers),
    multiValueHeaders,
    body: isBase64Encoded ? body.toString('base64') : body,
    isBase64Encoded,
  } as APIGatewayProxyEvent;
}
