import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { enrolments } from '../shared/context/store';
import { webhookSecret } from '../shared/context/webhook-secret';
import { requireEnv } from '../shared/env';
import { messageOf } from '../shared/errors';
import { executionName, startSync } from '../shared/executions';
import { logger } from '../shared/logging';
import { measure } from '../shared/metrics';
import { countOf } from './count-of';
import { rememberEnrolled } from './enrolled';
import { openKeyring } from './keyring';
import { type Effects, rawDelivery, receive } from './receive';

const now = () => Math.floor(Date.now() / 1000);
const effects: Effects = {
  keyring: openKeyring({
    current: async () => webhookSecret().current(),
    previous: async () => webhookSecret().previous(),
    now,
  }),
  now,
  isEnrolled: rememberEnrolled(async (modelName) => (await enrolments().get(modelName)) !== undefined, now),
  start: async (modelName, identity) => {
    const name = executionName(modelName, identity);
    const started = await startSync(requireEnv('STATE_MACHINE_ARN'), modelName, name);
    logger.info(started ? 'sync started' : 'delivery was here before', { model: modelName, execution: name });
    return name;
  },
  report: (error) => logger.error('delivery could not be taken', { reason: messageOf(error) }),
};

/** The receiver of both kinds of webhook, behind `POST /webhook` and `POST /`. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  logger.resetKeys();
  const { status, body } = await receive(rawDelivery(event), effects);
  logger.info('delivery answered', { status });
  measure({ counts: { [countOf(status)]: 1 } });
  return { statusCode: status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
