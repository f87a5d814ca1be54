import { chmod, mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRepositoryCommand, UpdateRepositoryNameCommand } from '@aws-sdk/client-codecommit';
import { outputsOf, templateOf } from '../cloudformation/stacks';
import { zipOf } from './archive';
import { clone, git, push } from './git';
import { ACCOUNT, BUCKET, putObject, useStage } from './stage';

jest.setTimeout(60_000);

const stage = useStage();

const REPOSITORY = 'AWS::CodeCommit::Repository';
const changes = async (name: string) =>
  (await stage.events.of('CodeCommit Repository State Change')).filter(({ detail }) => detail.repositoryName === name);

function template(name: string, code?: { key: string; branch?: string }): string {
  const Code = code && {
    S3: { Bucket: BUCKET, Key: code.key },
    ...(code.branch === undefined ? {} : { BranchName: code.branch }),
  };
  const Properties = { RepositoryName: name, ...(Code === undefined ? {} : { Code }) };
  const outputs = {
    Ref: { Ref: 'Repository' },
    Arn: { 'Fn::GetAtt': ['Repository', 'Arn'] },
    Name: { 'Fn::GetAtt': ['Repository', 'Name'] },
    Http: { 'Fn::GetAtt': ['Repository', 'CloneUrlHttp'] },
  };
  return templateOf({ Repository: { Type: REPOSITORY, Properties } }, outputs);
}

describe('a repository of a stack', () => {
  beforeAll(async () => {
    const files = {
      'README.md': 'hello',
      'bin/run': ['#!/bin/sh\n', 0o755] as const,
      '.gitignore': 'ignored\n',
      ignored: 'there all the same',
    };
    await putObject(stage, 'seed.zip', await zipOf(files));
    await stage.stacks.create('seeded', template('seeded', { key: 'seed.zip', branch: 'trunk' }));
  });

  test('has the seed as its first commit, every file of it, with its mode', async () => {
    const folder = await clone(join(stage.repositories, 'seeded.git'));
    expect(await git(folder, 'ls-files', '--stage')).toMatch(/^100755 .*\tbin\/run$/m);
    expect(await readFile(join(folder, 'ignored'), 'utf8')).toBe('there all the same');
    expect(await git(folder, 'branch', '--show-current')).toBe('trunk');
    expect(await git(folder, 'rev-list', '--count', 'HEAD')).toBe('1');
  });

  test('is described by its id, its ARN and where to clone it from', async () => {
    const outputs = outputsOf(await stage.stacks.describe('seeded'));
    expect(outputs).toMatchObject({
      Ref: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Name: 'seeded',
      Arn: `arn:aws:codecommit:us-east-1:${ACCOUNT}:seeded`,
    });
    await clone(outputs.Http ?? '');
  });

  test('announces the branch that the seed made', async () => {
    const [event, ...others] = await changes('seeded');
    expect(others).toEqual([]);
    expect(event?.detail).toMatchObject({ event: 'referenceCreated', referenceName: 'trunk', referenceType: 'branch' });
  });

  test('is not seeded again when the code changes, and renamed when the name does', async () => {
    const before = outputsOf(await stage.stacks.describe('seeded'));
    const stack = await stage.stacks.update('seeded', template('renamed', { key: 'another.zip', branch: 'trunk' }));
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(outputsOf(stack)).toMatchObject({ Ref: before.Ref, Name: 'renamed' });
    const folder = await clone(join(stage.repositories, 'renamed.git'));
    expect(await git(folder, 'rev-list', '--count', 'HEAD')).toBe('1');
  });

  test('goes with its stack, whatever its name is then', async () => {
    const names = { oldName: 'renamed', newName: 'elsewhere' };
    await stage.codeCommit.send(new UpdateRepositoryNameCommand(names));
    await stage.stacks.delete('seeded');
    await expect(stat(join(stage.repositories, 'elsewhere.git'))).rejects.toThrow('ENOENT');
  });
});

test("a name that is taken fails the stack in CodeCommit's words, and leaves what is there", async () => {
  await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'taken' }));
  const stack = await stage.stacks.create('second', template('taken'));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await stage.stacks.failures('second'))[0]).toContain('Repository named taken already exists');
  await clone(join(stage.repositories, 'taken.git'));
  await expect(stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'taken' }))).rejects.toMatchObject({
    name: 'RepositoryNameExistsException',
  });
});

test('a seed that is not there fails the stack and leaves no repository', async () => {
  const stack = await stage.stacks.create('unseeded', template('unseeded', { key: 'missing.zip' }));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await stage.stacks.failures('unseeded'))[0]).toContain(`s3://${BUCKET}/missing.zip cannot be read`);
  await expect(stat(join(stage.repositories, 'unseeded.git'))).rejects.toThrow('ENOENT');
});

test('a seed cannot write outside its repository', async () => {
  await putObject(stage, 'evil.zip', await zipOf({ 'aa/outside': 'x' }).then((zip) => leadingOut(zip)));
  const stack = await stage.stacks.create('evil', template('evil', { key: 'evil.zip' }));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
});

/** The same archive with an entry whose name leads out of any folder. */
function leadingOut(zip: Buffer): Buffer {
  return Buffer.from(zip.toString('latin1').replaceAll('aa/outside', '../outside'), 'latin1');
}

describe('a push', () => {
  test('is one event for each reference that it changes', async () => {
    const { repositoryMetadata } = await stage.codeCommit.send(
      new CreateRepositoryCommand({ repositoryName: 'pushed' }),
    );
    const folder = await clone(join(stage.repositories, 'pushed.git'));
    const first = await push(folder, 'a.txt', 'one');
    const second = await push(folder, 'a.txt', 'two');
    await git(folder, 'tag', 'v1');
    await git(folder, 'push', '--quiet', 'origin', 'HEAD:other', 'v1');
    await git(folder, 'push', '--quiet', 'origin', ':other');
    const events = await changes('pushed');
    const main = { referenceName: 'main', referenceFullName: 'refs/heads/main', referenceType: 'branch' };
    expect(events.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'referenceCreated', ...main, commitId: first }),
        expect.objectContaining({ event: 'referenceUpdated', ...main, commitId: second, oldCommitId: first }),
        expect.objectContaining({ event: 'referenceCreated', referenceName: 'other', commitId: second }),
        expect.objectContaining({ event: 'referenceDeleted', referenceName: 'other', oldCommitId: second }),
        expect.objectContaining({ event: 'referenceCreated', referenceName: 'v1', referenceType: 'tag' }),
      ]),
    );
    expect(events).toHaveLength(5);
    expect(events[0]).toMatchObject({
      source: 'aws.codecommit',
      account: ACCOUNT,
      resources: [repositoryMetadata?.Arn],
      detail: { repositoryId: repositoryMetadata?.repositoryId },
    });
  });

  test('is told under the name that the repository has then, and makes the default branch', async () => {
    await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'before' }));
    await stage.codeCommit.send(new UpdateRepositoryNameCommand({ oldName: 'before', newName: 'after' }));
    const folder = await clone(join(stage.repositories, 'after.git'));
    const commit = await push(folder, 'a.txt', 'one', 'feature/a');
    expect(await changes('after')).toHaveLength(1);
    const other = await clone(join(stage.repositories, 'after.git'));
    expect(await git(other, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('feature/a');
    expect(await git(other, 'rev-parse', 'HEAD')).toBe(commit);
    const again = stage.codeCommit.send(new UpdateRepositoryNameCommand({ oldName: 'before', newName: 'other' }));
    await expect(again).rejects.toMatchObject({ name: 'RepositoryDoesNotExistException' });
  });

  test("is told also when the user's git has hooks of its own", async () => {
    const home = await mkdtemp(join(tmpdir(), 'home-'));
    await mkdir(join(home, 'hooks'));
    await writeFile(join(home, 'hooks', 'post-receive'), '#!/bin/sh\nexit 0\n');
    await chmod(join(home, 'hooks', 'post-receive'), 0o755);
    await writeFile(join(home, '.gitconfig'), `[core]\n\thooksPath = ${join(home, 'hooks')}\n`);
    await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'hooked' }));
    const folder = await clone(join(stage.repositories, 'hooked.git'));
    const { HOME } = process.env;
    process.env.HOME = home;
    try {
      await push(folder, 'a.txt', 'one');
    } finally {
      process.env.HOME = HOME;
    }
    expect(await changes('hooked')).toHaveLength(1);
  });

  test('is done also when nobody listens, and says so', async () => {
    await stage.codeCommit.send(new CreateRepositoryCommand({ repositoryName: 'unheard' }));
    const folder = await clone(join(stage.repositories, 'unheard.git'));
    const urlFile = join(stage.workDir, 'url');
    await writeFile(urlFile, 'http://127.0.0.1:9');
    await writeFile(join(folder, 'a.txt'), 'one');
    await git(folder, 'add', '--all');
    await git(folder, 'commit', '--quiet', '--message', 'one');
    const said = await git(folder, 'push', 'origin', 'HEAD:main');
    await writeFile(urlFile, stage.url);
    expect(said).toContain('The sandbox was not told of this push');
    expect(await changes('unheard')).toEqual([]);
  });
});
