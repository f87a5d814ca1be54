import type { WEBHOOK_COUNTS } from '../shared/metric-names';
import type { Answer } from './receive';

const COUNT_OF: Readonly<Record<Answer['status'], (typeof WEBHOOK_COUNTS)[number]>> = {
  200: 'WebhooksIgnored',
  202: 'WebhooksAccepted',
  400: 'WebhooksMalformed',
  401: 'WebhooksRejected',
  413: 'WebhooksRejected',
  503: 'WebhooksUnavailable',
};

/** The metric that an answer counts for. */
export function countOf(status: Answer['status']): (typeof WEBHOOK_COUNTS)[number] {
  return COUNT_OF[status];
}
