import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const Scanned = z.object({
  seconds: z.number(),
  /** How often the function was invoked until it was through. */
  invocations: z.number(),
  registryRequests: z.number(),
  peakMemoryBytes: z.number(),
  enrolled: z.number(),
  changed: z.number(),
});

/** What a scan found, and what it cost. */
export type Scanned = z.infer<typeof Scanned>;

/** How a scan is run. */
export interface ScanSetting {
  /** The step's bundle. */
  readonly bundle: string;
  readonly awsUrl: string;
  /** Changes with the code that plans. */
  readonly revision: string;
  readonly owner: string;
  /** MB of heap that the process may have. */
  readonly heapMb?: number;
}

/**
 * Runs the scan in a process of its own, to its end.
 *
 * @throws Error with what the scan said when it failed
 */
export async function runScan({ bundle, awsUrl, revision, owner, heapMb = 512 }: ScanSetting): Promise<Scanned> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${heapMb}`, join(__dirname, 'scan.cjs'), bundle],
    {
      env: {
        AWS_ENDPOINT_URL: awsUrl,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: '111111111111',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        POWERTOOLS_LOG_LEVEL: 'SILENT',
        TABLE_NAME: 'table',
        REGISTRY_SECRET: 'secret',
        ARTIFACT_BUCKET: 'bucket',
        OWNER: owner,
        REVISION: revision,
      },
    },
  );
  return Scanned.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}
