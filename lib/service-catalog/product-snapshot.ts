import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRODUCT_TEMPLATE } from '../project';
import { SEED_BUCKET, SEED_FILE, SEED_KEY, TEMPLATE_FILE } from './product-version';
import { seedArchive } from './seed';

const STACK_TEMPLATE = 'ModelPipelineStack.template.json';

/** Writes what the working tree's `product-template` is as a version of the product: its template and its seed. */
export async function writeSnapshot(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, SEED_FILE), await seedArchive());
  writeFileSync(join(folder, TEMPLATE_FILE), productTemplate());
}

/**
 * The product's template: what the seeded application synthesizes while it has no stages. It runs apart from this project's
 * app, so that its context and its construct paths are those that it will have in a model's own repository.
 */
export function productTemplate(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'mlflow-mlops-product-'));
  try {
    execFileSync(process.execPath, [require.resolve('tsx/cli'), join('bin', 'deployment.ts')], {
      cwd: PRODUCT_TEMPLATE,
      env: {
        PATH: process.env.PATH ?? '',
        TMPDIR: tmpdir(),
        // Nothing reads the warnings of the CDK's validation here, and it takes most of the time.
        CDK_VALIDATION: 'false',
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify(contextOf(PRODUCT_TEMPLATE)),
        SEED_BUCKET,
        SEED_KEY,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return `${JSON.stringify(JSON.parse(readFileSync(join(outdir, STACK_TEMPLATE), 'utf8')), null, 1)}\n`;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What the CDK CLI would hand to the application from its cdk.json. */
function contextOf(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'cdk.json'), 'utf8')).context ?? {};
}
