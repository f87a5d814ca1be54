import { execFile } from 'node:child_process';

/** What a git command works on beside a bare repository. */
export interface GitOptions {
  /** A folder with files for the index. */
  readonly workTree?: string;
  /** An index of its own, so that two commands do not share one. */
  readonly index?: string;
}

/** An identity for the commits that CodeCommit itself makes. */
const IDENTITY = { name: 'AWS CodeCommit', email: 'codecommit@sandbox.invalid' };

/** Commits can be large; what is read of them (names, messages) is not. */
const MAX_OUTPUT = 16 * 1024 * 1024;

/**
 * Runs git on a bare repository, whatever the machine's and the user's git is configured to: nothing of that configuration
 * (templates, hooks, signing, line ends) may change what is stored.
 *
 * @param folder the bare repository
 * @returns what git printed, without the last line end
 * @throws Error with what git said
 */
export function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const tree = options.workTree === undefined ? [] : ['--work-tree', options.workTree];
  // Another user's folder is a repository too: the one that the sandbox made.
  const command = ['-c', 'safe.directory=*', '--git-dir', folder, ...tree, ...args];
  return new Promise((resolve, reject) => {
    execFile('git', command, { env: environment(options), maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
      if (error) reject(new Error(`git ${args[0]}: ${stderr.trim() || error.message}`, { cause: error }));
      else resolve(stdout.replace(/\n$/, ''));
    });
  });
}

function environment({ index }: GitOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: IDENTITY.name,
    GIT_AUTHOR_EMAIL: IDENTITY.email,
    GIT_COMMITTER_NAME: IDENTITY.name,
    GIT_COMMITTER_EMAIL: IDENTITY.email,
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  };
}
