import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isInFull, sized, tried } from '../../../trust/sizes';
import { requirePython } from './sagemaker/stage';

/** The server of environment images against MLflow's own, and what only a server of its own can do wrong. */
const SERVE = join(__dirname, '../../../environment-image/server/serve.py');
const PARITY = join(__dirname, '../../environment-image/parity.py');
const run = promisify(execFile);

interface Parity {
  readonly mlflow: string;
  readonly asked: number;
  readonly different: number;
  readonly differences: readonly unknown[];
  readonly statuses: Readonly<Record<string, number>>;
}

async function parity(python: string, seed: number, count: number): Promise<Parity> {
  const { stdout } = await run(python, ['-W', 'ignore', PARITY, String(seed), String(count)], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Parity;
}

/** MLflow's protocol changed in 2.0, and its web framework in 2.21. */
const VERSIONS = [
  ['3.8.18', '1.30.1', '2023-06-15'],
  ['3.9.18', '2.1.1', '2023-01-15'],
  ['3.10.13', '2.9.2', '2024-01-15'],
  ['3.11.7', '2.22.0', '2025-06-15'],
  ['3.12.1', '3.1.0', '2025-07-15'],
] as const;

/** pyenv's interpreter of a version where there is one: uv finds only interpreters in PATH, and downloads others. */
function interpreterOf(pythonVersion: string): string {
  const root = process.env.PYENV_ROOT || join(homedir(), '.pyenv');
  const python = join(root, 'versions', pythonVersion, 'bin', 'python');
  return existsSync(python) ? python : pythonVersion;
}

/** An environment with an MLflow, created once for a user. */
async function environmentWith(interpreter: string, mlflow: string, before: string): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mlflow-mlops', 'parity');
  const packages = [`mlflow==${mlflow}`, 'setuptools<81', 'pyarrow'];
  const digest = createHash('sha256')
    .update(JSON.stringify([interpreter, before, packages]))
    .digest('hex');
  const folder = join(cache, digest.slice(0, 32));
  const python = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'complete'))) {
    const uv = join(requirePython(), '..', 'uv');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    await run(uv, ['venv', '-q', '--python', interpreter, folder]);
    await run(uv, [
      'pip',
      'install',
      '-q',
      '--python',
      python,
      '--only-binary',
      ':all:',
      '--exclude-newer',
      before,
      ...packages,
    ]);
    writeFileSync(join(folder, 'complete'), '');
  }
  return python;
}

const COUNT = sized(60, 800);

test('answers as the scoring server of the newest MLflow, request by request', async () => {
  const { asked, different, differences, statuses } = await parity(requirePython(), 1, COUNT);
  tried('server-parity', asked);
  expect({ different, differences }).toEqual({ different: 0, differences: [] });
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '404', '405', '415']));
}, 900_000);

(isInFull() ? describe : describe.skip)('in an environment of its own', () => {
  test.each(VERSIONS)(
    'on Python %s answers as MLflow %s',
    async (pythonVersion, mlflow, before) => {
      const python = await environmentWith(interpreterOf(pythonVersion), mlflow, before);
      const { asked, different, differences } = await parity(python, 2, COUNT);
      tried('server-parity', asked);
      expect({ different, differences }).toEqual({ different: 0, differences: [] });
    },
    1_800_000,
  );
});

/** The newest MLflow is a FastAPI application. 2.20.3 is a Flask application. */
const APPLICATIONS = [
  ['FastAPI', async () => requirePython()],
  ['Flask', () => environmentWith(requirePython(), '2.20.3', '2025-03-01')],
] as const;

describe.each(APPLICATIONS)('the server of a model whose MLflow uses %s', (_framework, environment) => {
  const folder = mkdtempSync(join(tmpdir(), 'environment server '));
  let python = '';
  let child: ChildProcess;
  let port = 0;

  /** Starts the server and gives its first line. */
  async function start(model: string): Promise<Record<string, unknown>> {
    const env = {
      PATH: process.env.PATH,
      MODEL_PATH: model,
      SAGEMAKER_BIND_TO_PORT: '0',
      SAGEMAKER_BIND_TO_HOST: '127.0.0.1',
    };
    child = spawn(python, ['-s', '-B', SERVE], { env, cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    for await (const line of lines) {
      if (line.startsWith('{"event"')) {
        return JSON.parse(line) as Record<string, unknown>;
      }
    }
    throw new Error('the server said nothing');
  }

  beforeAll(async () => {
    python = await environment();
    // A model of its own module `serve`, which has the name of the server's file.
    writeFileSync(
      join(folder, 'make.py'),
      `
import os, sys, mlflow
os.makedirs("code", exist_ok=True)
open("code/serve.py", "w").write("import time\\ndef answer(rows):\\n    time.sleep(2.5 if rows[0][0] == 9 else 0)\\n    return [41 + len(rows)]\\n")
open("model.py", "w").write("import mlflow\\nclass M(mlflow.pyfunc.PythonModel):\\n    def predict(self, context, model_input, params=None):\\n        import serve\\n        return serve.answer(model_input)\\nmlflow.models.set_model(M())\\n")
sys.path.insert(0, "code")
mlflow.pyfunc.save_model("m", python_model="model.py", code_paths=["code/serve.py"])
`,
    );
    await run(python, ['make.py'], { cwd: folder });
    ({ port } = (await start(join(folder, 'm'))) as { port: number });
  }, 300_000);

  afterAll(async () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the server sends for these bytes until it closes or is silent. */
  const raw = (bytes: string | Buffer): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let answer = '';
      socket.setTimeout(1_500, () => socket.destroy());
      socket.on('data', (data) => {
        answer += data.toString();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  const BODY = '{"inputs": [[1], [2]]}';
  const HEAD = 'POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  test("a model's module of the server's own name is the model's", async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: BODY,
    });
    expect(await answer.json()).toEqual({ predictions: [43] });
  });

  test('a body in chunks, one that is announced, and two requests on a connection are answered', async () => {
    const chunks = `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n${BODY.slice(0, 5)}\r\n${(BODY.length - 5).toString(16)};x=y\r\n${BODY.slice(5)}\r\n0\r\n\r\n`;
    const plain = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
    expect((await raw(chunks + plain)).match(/\{"predictions": \[43\]\}/g)).toHaveLength(2);
    expect(await raw(`${HEAD}Expect: 100-continue\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`)).toMatch(
      /100 Continue[\s\S]*\[43\]/,
    );
    expect(await raw(`${HEAD}Expect: 100-continue\r\nContent-Length: ${BODY.length}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 100 Continue/,
    );
    expect(await raw('HEAD /ping HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 (200|405)[\s\S]*\r\n\r\n$/);
  });

  test.each([
    ['a length that is no number', `${HEAD}Content-Length: many\r\n\r\n`],
    ['a superscript as length', Buffer.from(`${HEAD}Content-Length: \u00b2\r\n\r\n`, 'latin1')],
    ['a length of 5,000 digits', `${HEAD}Content-Length: ${'9'.repeat(5_000)}\r\n\r\n`],
    ['a negative length', `${HEAD}Content-Length: -1\r\n\r\n`],
    ['a length beyond every endpoint', `${HEAD}Content-Length: 9999999999\r\n\r\n`],
    ['a chunk without a size', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ['a negative chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n`],
  ])('%s is refused, and the connection ends', async (_what, bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1.1 400 [\s\S]*BAD_REQUEST/);
  });

  test.each(['GET http://[/ping', 'GET /[', 'GET *', 'GET /%', 'GET ?'])('%s is not found', async (line) => {
    expect(await raw(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 404 /);
  });

  test.each(['[', 'x:99999999', 'a b', ''])('ignores the Host header "%s"', async (host) => {
    expect(await raw(`GET /ping HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });

  const SLOW = '{"inputs": [[9], [2]]}';
  const slow = () =>
    fetch(`http://127.0.0.1:${port}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: SLOW,
    });

  test('/ping does not wait for a prediction', async () => {
    const answer = slow();
    await setTimeout(500);
    // SageMaker waits two seconds for an answer to /ping.
    const ping = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(1_500) });
    expect(ping.status).toBe(200);
    expect((await answer).status).toBe(200);
  });

  test('a hundred requests at once are answered', async () => {
    const body = BODY;
    const ask = () =>
      fetch(`http://127.0.0.1:${port}/invocations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const answers = await Promise.all(Array.from({ length: 100 }, ask));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await Promise.all(answers.map((answer) => answer.text()));
  });

  test('SIGTERM ends it after the running request', async () => {
    const answer = slow();
    await setTimeout(500);
    child.kill('SIGTERM');
    const exit = once(child, 'exit');
    expect(await (await answer).json()).toEqual({ predictions: [43] });
    expect(await exit).toEqual([0, null]);
  });

  test("a failed load ends the server although the model's own thread runs", async () => {
    const model = join(folder, 'broken');
    mkdirSync(join(model, 'code'), { recursive: true });
    writeFileSync(
      join(model, 'MLmodel'),
      'flavors:\n  python_function:\n    loader_module: broken_loader\n    code: code\nmlflow_version: 2.20.3\n',
    );
    writeFileSync(
      join(model, 'code', 'broken_loader.py'),
      'import threading, time\ndef _load_pyfunc(path):\n    threading.Thread(target=time.sleep, args=(60,)).start()\n    raise RuntimeError("no weights")\n',
    );
    expect(await start(model)).toMatchObject({ event: 'failed', phase: 'load', message: 'no weights' });
    if (child.exitCode === null) await once(child, 'exit', { signal: AbortSignal.timeout(4_000) });
    expect(child.exitCode).toBe(1);
  });

  test('a model that does not load is one line with the reason, and exit status 1', async () => {
    mkdirSync(join(folder, 'none'));
    expect(await start(join(folder, 'none'))).toMatchObject({
      event: 'failed',
      phase: 'load',
      message: expect.any(String),
    });
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(1);
  });
});
