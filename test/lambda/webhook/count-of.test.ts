import { WEBHOOK_COUNTS } from '../../../lambda/shared/metric-names';
import { countOf } from '../../../lambda/webhook/count-of';

test('each answer counts for a metric of its own', () => {
  expect(countOf(401)).toBe('WebhooksRejected');
  expect(([202, 200, 401, 400, 503] as const).map(countOf)).toEqual([...WEBHOOK_COUNTS]);
});
