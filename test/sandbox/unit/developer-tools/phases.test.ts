import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBuildspec } from '../../../../sandbox/developer-tools/codebuild/buildspec';
import { readReport, writePlan } from '../../../../sandbox/developer-tools/codebuild/plan';

const SCRIPT = join(__dirname, '../../../../sandbox/developer-tools/codebuild/phases.bash');

/** Runs a build specification's phases; what they printed, without the sandbox's own lines. */
async function run(phases: object) {
  const plan = mkdtempSync(join(tmpdir(), 'a plan '));
  const spec = parseBuildspec(JSON.stringify({ version: 0.2, phases }));
  await writePlan(spec, plan);
  const env = { PATH: process.env.PATH, FROM_OUTSIDE: 'there' };
  const ended = spawnSync('bash', [SCRIPT, plan], { encoding: 'utf8', cwd: plan, env });
  const printed = ended.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('[Container]'));
  const report = readReport(plan).map(({ name, failed }) =>
    failed ? `${name} ${failed.command} ${failed.status}` : name,
  );
  return { printed, report, code: ended.status, log: ended.stdout };
}

const echo = (text: string) => ({ commands: [`echo ${text}`] });

test('phases run in their order, whatever order they are written in', async () => {
  const all = { post_build: echo('4'), build: echo('3'), install: echo('1'), pre_build: echo('2') };
  expect(await run(all)).toMatchObject({
    printed: ['1', '2', '3', '4'],
    report: ['install', 'pre_build', 'build', 'post_build'],
    code: 0,
  });
});

test('what a command sets is there for the next, in the next phase too', async () => {
  const { printed } = await run({
    install: {
      commands: [
        'mkdir sub && cd sub',
        'plain=1; export exported=2',
        'said() { echo "$1 $plain $exported $FROM_OUTSIDE"; }',
      ],
    },
    build: { commands: ['said hello', 'basename "$PWD"', 'echo "$#"'] },
  });
  expect(printed).toEqual(['hello 1 2 there', 'sub', '0']);
});

test.each([
  ['install', ['install 0 1'], []],
  ['pre_build', ['install', 'pre_build 0 1'], ['install']],
  ['build', ['install', 'pre_build', 'build 0 1', 'post_build'], ['install', 'pre_build', 'post_build 0']],
  ['post_build', ['install', 'pre_build', 'build', 'post_build 0 1'], ['install', 'pre_build', 'build']],
])('a failure of %s', async (failing, report, printed) => {
  const phase = (name: string) => {
    if (name === failing) return { commands: ['false', 'echo never'] };
    return echo(name === 'post_build' ? `post_build $CODEBUILD_BUILD_SUCCEEDING` : name);
  };
  const names = ['install', 'pre_build', 'build', 'post_build'];
  const ended = await run(Object.fromEntries(names.map((name) => [name, phase(name)])));
  expect(ended).toMatchObject({ report, printed, code: 1 });
});

describe('a command that ends the shell', () => {
  test('ends itself only: with success the next one runs, in the same folder with what was exported', async () => {
    const ended = await run({
      build: { commands: ['mkdir sub; cd sub; export kept=1; exit 0', 'echo "$kept $(basename "$PWD")"'] },
      post_build: echo('$CODEBUILD_BUILD_SUCCEEDING'),
    });
    expect(ended).toMatchObject({ printed: ['1 sub', '1'], code: 0 });
  });

  test('with failure it fails its phase', async () => {
    const ended = await run({
      build: { commands: ['exit 4', 'echo never'] },
      post_build: echo('$CODEBUILD_BUILD_SUCCEEDING'),
    });
    expect(ended).toMatchObject({ printed: ['0'], report: ['build 0 4', 'post_build'], code: 1 });
  });

  test.each(['set -e; false; echo never', 'set -u; echo "$unset_variable"; echo never'])('%s', async (command) => {
    expect(await run({ build: { commands: [command] } })).toMatchObject({ printed: [], code: 1 });
  });
});

test('commands may have several lines, quotes and no end of line', async () => {
  const commands = ['for n in 1 2; do\n  echo "n $n"\ndone', `echo "it's" 'a "quote"'`, 'cat <<EOF\n$((40 + 2))\nEOF'];
  const { printed } = await run({ build: { commands } });
  // The log shows commands as they are written, with all their lines.
  const written = commands.flatMap((command) => command.split('\n'));
  expect(printed.filter((line) => !written.includes(line))).toEqual(['n 1', 'n 2', `it's a "quote"`, '42']);
});

test('the log says what runs and how it ended', async () => {
  const { log } = await run({ build: { commands: ['false'] } });
  const lines = log.split('\n').map((line) => line.replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, ''));
  expect(lines).toEqual([
    '[Container] Entering phase BUILD',
    '[Container] Running command false',
    '[Container] Command did not exit successfully false exit status 1',
    '[Container] Phase complete: BUILD State: FAILED',
    '',
  ]);
});
