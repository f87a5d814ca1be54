import { localWebhookUrl } from '../../../../sandbox/deploy/outputs';

it("turns an API's address in AWS into its local one", () => {
  const url = 'https://4a7265f6.execute-api.us-east-1.amazonaws.com/prod/webhook';
  expect(localWebhookUrl(url, 'http://127.0.0.1:4566')).toBe(
    'http://127.0.0.1:4566/restapis/4a7265f6/prod/_user_request_/webhook',
  );
});

it('refuses an address that is not one of a REST API', () => {
  expect(() => localWebhookUrl('https://example.com/prod/webhook', 'http://127.0.0.1:1')).toThrow(
    'https://example.com/prod/webhook is not the URL of a stage of an API Gateway REST API',
  );
});
