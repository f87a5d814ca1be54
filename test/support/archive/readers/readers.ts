import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

const run = promisify(execFile);
const OPTIONS = { maxBuffer: 256 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C.UTF-8' } };

/** An entry as a reader sees it: name without a slash at its end, `file` or `folder`, bytes, SHA-256. */
export type Seen = readonly [name: string, kind: string, size: number, sha256: string];

/** What reads archives. One that is not installed reads nothing. */
export interface Reader {
  readonly name: string;
  readonly installed: boolean;
  /** All entries of a gzipped archive, with their content's hashes. */
  readonly read: (archive: string) => Promise<Seen[]>;
  /** Names and sizes of a plain tar, whose content is passed over. */
  readonly list: (tar: string) => Promise<(readonly [name: string, size: number])[]>;
}

const python = (mode: string): Reader => ({
  name: `Python, tarfile ${mode}`,
  installed: true,
  read: async (archive) => linesOf(await program(process.env.PYTHON ?? 'python3', ['read.py', mode, archive])),
  list: async (tar) => listed(linesOf(await program(process.env.PYTHON ?? 'python3', ['read.py', 'r:', tar]))),
});

/** Every kind of reader that gets a model's archive somewhere. */
export const READERS: readonly Reader[] = [
  {
    name: 'GNU tar',
    installed: /GNU tar/.test(String(spawnSync('tar', ['--version']).stdout)),
    read: async (archive) => {
      const folder = await mkdtemp(join(tmpdir(), 'tar-'));
      try {
        await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', folder], OPTIONS);
        return await filesBelow(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    list: async (tar) => {
      const options = ['--list', '--verbose', '--numeric-owner', '--quoting-style=literal', '--file', tar];
      const { stdout } = await run('tar', options, OPTIONS);
      const lines = stdout.trim().split('\n');
      return lines.map((line) => {
        const [, size = '', name = ''] = /^\S+ \S+ +(\d+) \S+ \S+ (.*)$/.exec(line) ?? [];
        return [name, Number(size)] as const;
      });
    },
  },
  python('r:gz'),
  python('r|gz'),
  {
    name: 'Go',
    installed: spawnSync('go', ['version']).status === 0,
    read: async (archive) => linesOf(await program('go', ['run', 'read.go', archive])),
    list: async (tar) => listed(linesOf(await program('go', ['run', 'read.go', tar]))),
  },
  {
    name: 'Node, tar-stream',
    installed: true,
    read: async (archive) => {
      const seen: Seen[] = [];
      for await (const entry of createReadStream(archive).pipe(createGunzip()).pipe(extract())) {
        const hash = createHash('sha256');
        for await (const bytes of entry as AsyncIterable<Buffer>) {
          hash.update(bytes);
        }
        const { name, type, size = 0 } = entry.header;
        seen.push([bare(name), type === 'directory' ? 'folder' : 'file', size, hash.digest('hex')]);
      }
      return seen;
    },
    list: async (tar) => {
      const seen: (readonly [string, number])[] = [];
      const source = createReadStream(tar, { highWaterMark: 4 * 1024 * 1024 });
      for await (const entry of source.pipe(extract())) {
        seen.push([entry.header.name, entry.header.size ?? 0]);
        entry.resume();
      }
      return seen;
    },
  },
];

/** SHA-256 of some bytes. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function program(command: string, args: readonly string[]): Promise<string> {
  const [first = '', ...rest] = args;
  const files =
    command === 'go' ? ['run', join(__dirname, 'read.go'), ...rest.slice(1)] : [join(__dirname, first), ...rest];
  return (await run(command, files, OPTIONS)).stdout;
}

function linesOf(text: string): Seen[] {
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Seen).map(([name, ...rest]) => [bare(name), ...rest] as Seen);
}

function listed(seen: readonly Seen[]): (readonly [string, number])[] {
  return seen.map(([name, , size]) => [name, size]);
}

function bare(name: string): string {
  return name.replace(/\/$/, '');
}

/** What lies in a folder; folders count where nothing is in them. */
async function filesBelow(root: string, folder = root): Promise<Seen[]> {
  const seen: Seen[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      const bytes = await readFile(path);
      seen.push([relative(root, path), 'file', bytes.length, sha256(bytes)]);
    } else {
      seen.push(...(await filesBelow(root, path)));
    }
  }
  return entries.length === 0 && folder !== root
    ? [[relative(root, folder), 'folder', 0, sha256(Buffer.alloc(0))]]
    : seen;
}
