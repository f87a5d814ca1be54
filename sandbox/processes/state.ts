import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const processId = z.object({ pid: z.number().int(), started: z.string() });

const partState = z.object({
  name: z.string(),
  state: z.enum(['starting', 'running', 'ended']),
  /** The guard that holds the part's process group. */
  guard: processId.optional(),
  /** The program itself, which leads its process group. */
  program: processId.optional(),
  port: z.number().int(),
  url: z.string(),
  since: z.string(),
  /** Why it ended. */
  detail: z.string().optional(),
});

const sandboxState = z.object({
  phase: z.enum(['starting', 'ready', 'failed', 'stopped']),
  supervisor: processId,
  since: z.string(),
  parts: z.array(partState),
  /** Why the phase is `failed`, and which part's log tells more. */
  problem: z.object({ part: z.string(), message: z.string() }).optional(),
  /** Texts of which one is in the command of every process that belongs here. */
  marks: z.array(z.string()),
});

/** A process that cannot be mistaken for a later one with the same id. */
export type ProcessId = z.infer<typeof processId>;
/** One server of the sandbox. */
export type PartState = z.infer<typeof partState>;
/** What the supervisor writes down about all that it started. */
export type SandboxState = z.infer<typeof sandboxState>;

/**
 * The state that a supervisor wrote, or undefined when there is none.
 *
 * @throws Error that names the file when its content is not a state
 */
export function readState(file: string): SandboxState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  try {
    return sandboxState.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} is not the state of a sandbox: delete it, and end what is left by hand`, { cause });
  }
}

/** Replaces the state as a whole: a reader sees the former one or this one, never a half. */
export function writeState(file: string, state: SandboxState): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
