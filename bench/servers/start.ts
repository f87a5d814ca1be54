import { join } from 'node:path';
import { startGuarded } from '../../sandbox/processes/guarded';
import { PROJECT } from '../../sandbox/processes/paths';
import { typescriptArguments } from '../../sandbox/processes/start';

/** A server in a process of its own, which ends with this one. */
export interface ServerProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the source or the sink, and waits until it is ready.
 *
 * @param settings what its `main.ts` asks for
 * @throws Error with what it said when it ended instead
 */
export async function startServer(
  name: 'source' | 'sink',
  python: string,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  let said = '';
  let heard = () => {};
  const program = startGuarded(
    python,
    {
      command: [process.execPath, ...typescriptArguments(join(__dirname, name, 'main.ts'))],
      cwd: PROJECT,
      env: { ...settings, PATH: process.env.PATH ?? '', STOP_WITH_STDIN: '1' },
    },
    (chunk) => {
      said += chunk.toString();
      heard();
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    heard = () => {
      const [, ready] = /^\{"url":"([^"]+)"\}$/m.exec(said) ?? [];
      if (ready !== undefined) {
        resolve(ready);
      }
    };
    void program.ended.then(() => reject(new Error(`the ${name} did not start: ${said.trim()}`)));
  });
  return {
    url,
    stop: async () => {
      program.stop();
      await program.ended;
    },
  };
}
