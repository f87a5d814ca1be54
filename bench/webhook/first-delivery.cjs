/**
 * What a new instance of the receiver does, in a process of its own: loads the bundle, answers the first delivery, then others.
 * Plain JavaScript, since a loader of TypeScript would be measured with it. Prints one JSON line.
 */
const { createHmac } = require('node:crypto');
const { performance } = require('node:perf_hooks');

const [, , bundle, warmDeliveries] = process.argv;
const out = process.stdout.write.bind(process.stdout);
// The log's lines would mix with the answer.
process.stdout.write = () => true;

/** A delivery as Databricks sends it; no two are the same. */
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
  const begun = performance.now();
  const { handler } = require(bundle);
  const loaded = performance.now();
  const first = await handler(delivery(0));
  // Counted from the process's own start, so that Node's is in it.
  const answered = performance.now();
  if (first.statusCode !== 202) {
    throw new Error(`the first delivery was answered ${first.statusCode} ${first.body}: expected 202`);
  }
  const warm = [];
  for (let number = 1; number <= Number(warmDeliveries); number++) {
    const start = performance.now();
    await handler(delivery(number));
    warm.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage();
  out(
    `${JSON.stringify({
      loadMs: loaded - begun,
      firstMs: answered - loaded,
      coldMs: answered,
      warm,
      cpuMs: (user + system) / 1000,
      peakMb: process.resourceUsage().maxRSS / 1024,
    })}\n`,
  );
  process.exit(0);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
