/**
 * How long a delivery waits for a new instance of the receiver, and for a warm one: fresh processes with the deployed bundle
 * against a fake AWS over TLS, each at the CPU of a Lambda's memory. Prints one JSON line.
 *
 *     npx tsx bench/webhook/cold-start.ts [--runs 9] [--node <path of the Node to run>]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bundle, steps } from './bundle';
import { makeCpuShare } from './cpu-share';
import { type FakeAws, startFakeAws } from './fake-aws';

const MEMORIES_MB = [512, 1024, 1769] as const;
const WARM_DELIVERIES = 50;

/** What one process tells, in milliseconds. */
interface Run {
  readonly loadMs: number;
  readonly firstMs: number;
  readonly coldMs: number;
  readonly warm: readonly number[];
  readonly cpuMs: number;
  readonly peakMb: number;
}

/** Starts one process; with `members`, below the CPU share that this control group has. */
async function runOnce(node: string, file: string, aws: FakeAws, members: string | undefined): Promise<Run> {
  const program = [node, join(__dirname, 'first-delivery.cjs'), file, String(WARM_DELIVERIES)];
  const enter = members === undefined ? '' : `echo $$ > '${members}'; `;
  const { stdout } = await promisify(execFile)('sh', ['-c', `${enter}exec "$@"`, 'sh', ...program], {
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: aws.certificate,
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      FAKE_SECRET: aws.secret,
      WEBHOOK_SECRET: 'webhook',
      TABLE_NAME: 'table',
      STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:sync',
      POWERTOOLS_SERVICE_NAME: 'mlflow-mlops',
    },
  });
  return JSON.parse(stdout) as Run;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A list of milliseconds, as its minimum and median. */
function spread(values: readonly number[]): { min: number; median: number } {
  return { min: round(Math.min(...values)), median: round(median(values)) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

async function measure(runs: number, node: string): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
  const aws = await startFakeAws(folder);
  try {
    const bundles = await Promise.all(steps().map((step) => bundle(step, folder)));
    const receiver = bundles.find(({ step }) => step === 'webhook');
    if (receiver === undefined) {
      throw new Error('lambda/webhook/handler.ts is not there: this measures that step');
    }
    const memories = [];
    for (const memoryMb of MEMORIES_MB) {
      const share = makeCpuShare(memoryMb);
      const results: Run[] = [];
      try {
        for (let run = 0; run < runs; run++) {
          results.push(await runOnce(node, receiver.file, aws, share?.members));
        }
      } finally {
        share?.remove();
      }
      memories.push({
        memoryMb,
        limited: share !== undefined,
        coldMs: spread(results.map(({ coldMs }) => coldMs)),
        loadMs: spread(results.map(({ loadMs }) => loadMs)),
        firstMs: spread(results.map(({ firstMs }) => firstMs)),
        warmMs: spread(results.map(({ warm }) => median(warm))),
        peakMb: round(Math.max(...results.map(({ peakMb }) => peakMb))),
      });
    }
    return {
      bundleBytes: receiver.bytes,
      bundles: Object.fromEntries(bundles.map(({ step, bytes }) => [step, bytes])),
      calls: Object.fromEntries([...aws.calls].map(([operation, count]) => [operation, count])),
      runs,
      memories,
    };
  } finally {
    await aws.close();
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, node: { type: 'string', default: process.execPath } },
});
measure(Number(values.runs), values.node).then(
  (figures) => process.stdout.write(`${JSON.stringify(figures)}\n`),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
