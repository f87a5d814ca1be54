import { CAPTURED_SECRET, capturedDeliveries, sentAt } from '../../support/captured-deliveries';
import {
  asSent,
  databricks,
  FIRST,
  mlflow,
  NOW,
  stage,
  startCapturedReceiver,
  transition,
} from '../../support/forging';

const receiver = startCapturedReceiver();

test.each(capturedDeliveries.map((one) => [one.raw.slice(0, 60), one] as const))(
  'the real one is taken: %s',
  async (_raw, delivery) => {
    receiver.now = sentAt(delivery);
    expect([200, 202]).toContain((await receiver.send(asSent(delivery))).statusCode);
    // As what API Gateway has for bytes.
    expect([200, 202]).toContain(
      (await receiver.send({ ...asSent(delivery), body: Buffer.from(delivery.raw) })).statusCode,
    );
  },
);

test.each([
  ['not ASCII', 'sécrèt-鍵-🔑'],
  ['as long as one can be', 'k'.repeat(65_536)],
  ['with spaces and a line', ' a b\n'],
])('a secret that is %s signs, and nothing else does', async (_what, secret) => {
  // Secrets are cached for some seconds.
  receiver.now = NOW + 1_000_000;
  receiver.stages = { AWSCURRENT: secret };
  const at = String(receiver.now);
  expect((await receiver.send(databricks(transition(), secret))).statusCode).toBe(202);
  expect((await receiver.send(mlflow(FIRST.raw, secret, at))).statusCode).toBe(202);
  for (const other of [
    CAPTURED_SECRET,
    secret.trim(),
    Buffer.from(secret, 'latin1').toString('latin1'),
    secret.slice(1),
  ]) {
    if (other !== secret) {
      expect((await receiver.send(databricks(transition(), other))).statusCode).toBe(401);
    }
  }
  receiver.now += 1_000;
  receiver.stages = { AWSCURRENT: CAPTURED_SECRET };
  expect((await receiver.send(stage())).statusCode).toBe(202);
});

test('the previous secret signs for a day after the creation of the current one, an older one never', async () => {
  receiver.now = NOW + 3_000_000;
  receiver.createdAt = receiver.now;
  receiver.stages = { AWSCURRENT: 'current', AWSPREVIOUS: 'previous' };
  const statuses = async () => {
    const answers = [];
    for (const secret of ['current', 'previous', CAPTURED_SECRET]) {
      const at = String(receiver.now);
      answers.push((await receiver.send(databricks(transition({ at }), secret))).statusCode);
      answers.push((await receiver.send(mlflow(FIRST.raw, secret, at))).statusCode);
    }
    return answers;
  };
  expect(await statuses()).toEqual([202, 202, 202, 202, 401, 401]);
  receiver.now += 24 * 60 * 60;
  expect(await statuses()).toEqual([202, 202, 401, 401, 401, 401]);
});
