import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { artifactFiles } from '../../../../sandbox/developer-tools/codebuild/artifact-files';
import { pack } from '../../../../sandbox/developer-tools/zip/pack';
import { readEntry, unpack } from '../../../../sandbox/developer-tools/zip/unpack';

async function folderOf(files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), file);
  }
  return folder;
}

const spec = (files: string[], more: object = {}) => ({ files, ...more });
const namesOf = async (folder: string, of: Parameters<typeof artifactFiles>[1]) =>
  (await artifactFiles(folder, of)).map(({ name }) => name);

describe('the files of an artifact', () => {
  const tree = ['a.txt', '.hidden', 'lib/b.js', 'lib/deep/c.js', 'out-1/d.txt', 'out-2/sub/e.txt'];

  test.each([
    [['**/*'], {}, ['.hidden', 'a.txt', 'lib/b.js', 'lib/deep/c.js', 'out-1/d.txt', 'out-2/sub/e.txt']],
    [['a.txt'], {}, ['a.txt']],
    [['./lib/b.js'], {}, ['lib/b.js']],
    [['lib/*'], {}, ['lib/b.js']],
    [['lib/**/*'], {}, ['lib/b.js', 'lib/deep/c.js']],
    [['**/*.js'], {}, ['lib/b.js', 'lib/deep/c.js']],
    [['**/*'], { 'base-directory': 'lib' }, ['b.js', 'deep/c.js']],
    [['**/*'], { 'base-directory': './lib/' }, ['b.js', 'deep/c.js']],
  ])('%j %j', async (files, more, expected) => {
    expect(await namesOf(await folderOf(tree), spec(files, more))).toEqual(expected);
  });

  test('follow links, and not round and round', async () => {
    const folder = await folderOf(['real/a.txt']);
    await symlink('real', join(folder, 'linked'));
    await symlink('..', join(folder, 'real', 'up'));
    await symlink('nowhere', join(folder, 'broken'));
    expect(await namesOf(folder, spec(['**/*.txt']))).toEqual(['linked/a.txt', 'real/a.txt']);
  });

  test.each([
    ['no base directory', { 'base-directory': 'none' }, 'no matching base directory path found for none'],
    ['no file', { files: ['none'] }, 'no matching artifact paths found'],
  ])('%s is said', async (_what, more, message) => {
    await expect(artifactFiles(await folderOf(tree), spec(['**/*'], more))).rejects.toThrow(message);
  });
});

describe('archives', () => {
  test('keep paths, contents and permissions', async () => {
    const folder = await folderOf(['run', 'deep/a.txt']);
    await chmod(join(folder, 'run'), 0o755);
    const archive = join(folder, 'a.zip');
    await pack(
      [
        { file: join(folder, 'run'), name: 'bin/run' },
        { file: join(folder, 'deep/a.txt'), name: 'ä.txt' },
      ],
      archive,
    );
    const out = join(folder, 'out');
    await unpack(archive, out);
    expect((await stat(join(out, 'bin/run'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(out, 'ä.txt'), 'utf8')).toBe('deep/a.txt');
    expect(await readEntry(archive, 'bin/run')).toBe('run');
    expect(await readEntry(archive, 'none')).toBeUndefined();
  });

  test('that git made have its links; one that leads out is refused', async () => {
    const folder = await folderOf(['a.txt']);
    const commit = (target: string) => {
      const git = (...args: string[]) =>
        execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
      git('init', '--quiet');
      execFileSync('ln', ['-sfn', target, join(folder, 'link')]);
      git('add', '--all');
      git('commit', '--quiet', '-m', 'x');
      git('archive', '--format=zip', `--output=${join(folder, '.git', 'a.zip')}`, 'HEAD');
      return join(folder, '.git', 'a.zip');
    };
    const out = await mkdtemp(join(tmpdir(), 'out-'));
    await unpack(commit('a.txt'), out);
    expect(await readlink(join(out, 'link'))).toBe('a.txt');
    await expect(unpack(commit('../../etc/passwd'), await mkdtemp(join(tmpdir(), 'out-')))).rejects.toThrow(
      'leads out',
    );
  });

  test('are told from other files', async () => {
    const folder = await folderOf(['a.txt']);
    await expect(unpack(join(folder, 'a.txt'), join(folder, 'out'))).rejects.toThrow();
  });
});
