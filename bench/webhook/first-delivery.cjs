/**
 * A new instance of the receiver, as a process of its own: loads the bundle, answers the first delivery, then others. Plain
 * JavaScript, because a loader of TypeScript would count. Prints one line of JSON.
 */
const { createHmac } = require('node:crypto');
const { performance } = require('node:perf_hooks');

const WARM_DELIVERIES = 50;
const [, , bundle] = process.argv;
const out = process.stdout.write.bind(process.stdout);
// The function's log would mix with the result.
process.stdout.write = () => true;

/** A delivery as Databricks sends it; each has another time. */
function delivery(number) {
  const body = JSON.stringify({
    event: 'MODEL_VERSION_TRANSITIONED_STAGE',
    event_timestamp: number,
    model_name: 'churn',
    version: '1',
    to_stage: 'Staging',
  });
  const signature = createHmac('sha256', process.env.FAKE_SECRET).update(body).digest('hex');
  return { headers: { 'X-Databricks-Signature': signature }, body, isBase64Encoded: false };
}

async function main() {
  const { handler } = require(bundle);
  const first = await handler(delivery(0));
  // Counted from the start of the process, so that the start of Node counts.
  const coldMs = performance.now();
  if (first.statusCode !== 202) {
    throw new Error(`the first delivery was answered ${first.statusCode} ${first.body}: expected 202`);
  }
  const warm = [];
  for (let number = 1; number <= WARM_DELIVERIES; number++) {
    const start = performance.now();
    await handler(delivery(number));
    warm.push(performance.now() - start);
  }
  warm.sort((first, second) => first - second);
  out(`${JSON.stringify({ coldMs, warmMs: warm[Math.floor(warm.length / 2)] })}\n`);
  process.exit(0);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
