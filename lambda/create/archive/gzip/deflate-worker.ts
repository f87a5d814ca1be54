import { Worker } from 'node:worker_threads';
import { DEFLATE_MODULE } from './deflate-module';

/**
 * What the thread runs, as text: a bundle has no file that a worker could be started from. A chunk comes as memory that moves to
 * the thread and back, so that nothing is copied where files are fetched and sent; what it is compressed to replaces it, if that
 * is shorter.
 */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const abort = () => { throw new Error('the compressor stopped'); };
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(workerData), { env: { abort } });
const { deflate, inputAddress, outputAddress, memory } = exports;
const all = new Uint8Array(memory.buffer);
parentPort.on('message', ({ buffer, bytes }) => {
  const chunk = new Uint8Array(buffer);
  all.set(chunk.subarray(0, bytes), inputAddress());
  const compressed = deflate(bytes);
  if (compressed < bytes) {
    chunk.set(all.subarray(outputAddress(), outputAddress() + compressed));
  }
  parentPort.postMessage({ buffer, compressed: compressed < bytes ? compressed : 0 }, [buffer]);
});
`;

/** A chunk that came back. */
export interface Deflated {
  /** The chunk's memory. */
  readonly buffer: ArrayBuffer;
  /** How many of its bytes are the compressed chunk; 0 where it does not get shorter and is as it was. */
  readonly compressed: number;
}

interface Waiting {
  readonly resolve: (deflated: Deflated) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that compresses, one chunk after the other. */
export class DeflateWorker {
  private readonly worker = new Worker(PROGRAM, {
    eval: true,
    workerData: Uint8Array.from(Buffer.from(DEFLATE_MODULE, 'base64')),
  });
  private readonly waiting: Waiting[] = [];

  constructor() {
    // Stryker disable next-line OptionalChaining: only a crash at the right moment leaves a result without a caller
    this.worker.on('message', (deflated: Deflated) => this.waiting.shift()?.resolve(deflated));
    this.worker.on('error', (error) => this.fail(error as Error));
    this.worker.on('exit', () => this.fail(new Error('the thread that compresses ended')));
  }

  /** How many chunks it has. */
  get chunks(): number {
    return this.waiting.length;
  }

  /**
   * Compresses the first bytes of a chunk's memory, which is not to be touched until it comes back.
   *
   * @throws Error when the thread ended
   */
  deflate(buffer: ArrayBuffer, bytes: number): Promise<Deflated> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage({ buffer, bytes }, [buffer]);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) {
      reject(error);
    }
  }
}
