import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { enrolments } from '../shared/context/store';
import { requireEnv } from '../shared/env';
import { messageOf } from '../shared/errors';
import { executionName, startSync } from '../shared/executions';
import { logger } from '../shared/logging';
import { readSecret } from '../shared/secrets';
import { type Answer, receive } from './receive';

/** The receiver of both kinds of webhook, behind `POST /webhook` and `POST /`. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  logger.resetKeys();
  try {
    const answer = await receive(
      {
        headers: Object.fromEntries(
          Object.entries(event.headers ?? {}).map(([key, value]) => [key.toLowerCase(), value]),
        ),
        body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
      },
      {
        secret: () => readSecret(requireEnv('WEBHOOK_SECRET')),
        now: () => Math.floor(Date.now() / 1000),
        isEnrolled: async (modelName) => (await enrolments().get(modelName)) !== undefined,
        start: async (modelName, identity) => {
          const name = executionName(modelName, identity);
          const started = await startSync(modelName, name);
          logger.info(started ? 'sync started' : 'delivery was here before', { model: modelName, execution: name });
          return name;
        },
      },
    );
    logger.info('delivery answered', { status: answer.status });
    return reply(answer);
  } catch (error) {
    // Whatever kept the work from starting, the sender's retry is the way out.
    logger.error('delivery could not be taken', { reason: messageOf(error) });
    return reply({ status: 503, body: { message: 'the sync could not be started: send again' } });
  }
}

function reply({ status, body }: Answer): APIGatewayProxyResult {
  return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
