import { load } from 'js-yaml';
import { z } from 'zod';
import { reasonOf } from '../../aws-json/errors';

/** The phases that run commands, in their order. */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const phase = z.strictObject({
  'runtime-versions': z.record(z.string(), scalar).optional(),
  commands: z.array(scalar).default([]),
});

const buildspecSchema = z.strictObject({
  version: scalar.pipe(z.literal('0.2')),
  env: z.strictObject({ variables: z.record(z.string(), scalar).default({}) }).prefault({}),
  phases: z.partialRecord(z.enum(PHASES), phase),
  artifacts: z
    .strictObject({ 'base-directory': z.string().optional(), files: z.array(z.string()).default([]) })
    .optional(),
  cache: z.unknown().optional(),
});

/** A build specification, with what it leaves out filled in. */
export type Buildspec = z.output<typeof buildspecSchema>;
/** The artifact of a build specification. */
export type ArtifactSpec = NonNullable<Buildspec['artifacts']>;

/** Whether a project's `buildspec` is the specification itself and not the path of a file that has it. */
export function isInline(buildspec: string): boolean {
  return buildspec.trimStart().startsWith('{') || buildspec.includes('\n');
}

/**
 * Reads a build specification: YAML, of which JSON is a part.
 *
 * @throws Error that names what is wrong with it, or what is not imitated (run-as, reports, finally, secondary-artifacts, ...)
 */
export function parseBuildspec(text: string): Buildspec {
  const parsed = buildspecSchema.safeParse(loaded(text));
  if (parsed.success) return parsed.data;
  throw new Error(`the build specification is not one that the sandbox runs:\n${z.prettifyError(parsed.error)}`);
}

function loaded(text: string): unknown {
  try {
    return load(text, { maxAliases: 100 });
  } catch (error) {
    throw new Error(`the build specification is no YAML: ${reasonOf(error)}`);
  }
}
