import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';

/** Not part of the project, where there is no git to say so. */
const GENERATED = /^(node_modules|cdk\.out|\.sandbox.*|\.bench|\.trust|\.mutants|\.git|__pycache__)$/;

/** The project's files, as paths from its root with `/`. Without git, for example in a build, all files that are not generated. */
export function projectFiles(): string[] {
  return existsSync(join(PROJECT, '.git')) ? gitFiles() : filesIn('');
}

function gitFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: PROJECT,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(PROJECT, file)));
}

function filesIn(folder: string): string[] {
  return readdirSync(join(PROJECT, folder))
    .filter((name) => !GENERATED.test(name))
    .map((name) => (folder === '' ? name : `${folder}/${name}`))
    .flatMap((path) => (statSync(join(PROJECT, path)).isDirectory() ? filesIn(path) : [path]));
}
