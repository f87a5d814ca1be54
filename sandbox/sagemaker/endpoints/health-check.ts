import { setTimeout } from 'node:timers/promises';
import { reasonOf } from '../../aws-json/errors';

/** How long SageMaker waits for the answer to one ping (sagemaker/latest/dg/your-algorithms-inference-code.html). */
const PING_SECONDS = 2;
const PAUSE_MS = 100;

/** A container that is pinged. */
export interface Pinged {
  readonly url: string;
  /** Whether it ended: it will not answer any more. */
  readonly ended: boolean;
}

/**
 * Asks a container for `/ping` again and again until it answers 200. An error ends the check at once, to save time; SageMaker
 * would ask on.
 *
 * @param seconds of all pings together
 * @returns why the container does not pass; undefined when it does
 */
export async function healthProblem(container: Pinged, seconds: number): Promise<string | undefined> {
  const end = Date.now() + seconds * 1_000;
  let problem = '';
  while (Date.now() < end) {
    const signal = AbortSignal.timeout(Math.min(PING_SECONDS * 1_000, Math.max(end - Date.now(), 1)));
    try {
      const response = await fetch(`${container.url}/ping`, { signal });
      const text = await response.text();
      return response.ok ? undefined : text;
    } catch (error) {
      if (container.ended) return `The worker ended: ${reasonOf(error)}`;
      problem = signal.aborted ? `No ping was answered within ${PING_SECONDS} seconds` : reasonOf(error);
    }
    await setTimeout(PAUSE_MS);
  }
  return `${problem}, for ${seconds} seconds.`;
}
