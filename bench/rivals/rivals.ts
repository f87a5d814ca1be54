import { join } from 'node:path';
import type { Bundles } from './bundles';

/** Ours, what it is held against, and what says how much the machine could do. */
export const RIVAL_KINDS = ['ours', 'sample', 'plain-node', 'reference'] as const;

export type RivalKind = (typeof RIVAL_KINDS)[number];

/** A way to bring a model folder into an archive in S3. */
export interface Rival {
  readonly name: string;
  readonly kind: RivalKind;
  /** A program that it needs on PATH, and the Debian package that has it. */
  readonly needs?: { readonly program: string; readonly package: string };
  readonly command: readonly [string, ...string[]];
}

const REFERENCE = join(__dirname, 'reference.sh');
const reference = (python: string, program: string, packageName: string, ...options: string[]): Rival => ({
  name: `tar | ${[program, ...options].join(' ')}`,
  kind: 'reference',
  needs: { program, package: packageName },
  command: ['bash', REFERENCE, python, program, ...options],
});

/** All of them, in the order in which a round runs them. */
export function rivals(bundles: Bundles, python: string): readonly Rival[] {
  const node = (bundle: string): [string, string] => [process.execPath, bundle];
  return [
    { name: 'the sample (Python)', kind: 'sample', command: [python, join(__dirname, 'sample.py')] },
    { name: 'plain Node', kind: 'plain-node', command: node(bundles.plainNode) },
    { name: 'this project', kind: 'ours', command: node(bundles.ours) },
    reference(python, 'gzip', 'gzip', '-1'),
    reference(python, 'pigz', 'pigz'),
    reference(python, 'igzip', 'isal', '-1'),
  ];
}
