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
  // Remembered for a minute.
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
