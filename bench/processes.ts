import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../lib/node-function';

/** Bundles TypeScript files into a folder like the project's functions, because loading a bundle counts. */
export async function bundle(entryPoints: string[], outdir: string): Promise<void> {
  const { sourceMap: sourcemap, ...options } = BUNDLING;
  const mainFields = [...options.mainFields];
  await build({
    ...options,
    mainFields,
    sourcemap,
    entryPoints,
    outdir,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
}

/** Makes a certificate of this machine for two days: `certificate.pem` and `key.pem` in a folder. @returns the certificate's file */
export function makeCertificate(folder: string): string {
  const certificate = join(folder, 'certificate.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'key.pem')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...key, '-days', '2', ...name, '-out', certificate], { stdio: 'ignore' });
  return certificate;
}

/** Runs a command with one CPU, like a function of 1,769 MB. Needs util-linux and a second CPU, which the servers get. */
export const ONE_CPU = ['taskset', '--cpu-list', '1'] as const;
export const OTHER_CPU = ['taskset', '--cpu-list', '0'] as const;
