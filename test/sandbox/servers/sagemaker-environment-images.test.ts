import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CreateModelCommand } from '@aws-sdk/client-sagemaker';
import { canConfine } from '../../../sandbox/sagemaker/endpoints/confinement';
import { configure, deploy, invoke } from './sagemaker/hosting';
import { ACCOUNT, openStage, REGION, requirePython, type Stage } from './sagemaker/stage';

jest.setTimeout(120_000);

const HEX = 'e'.repeat(64);
const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/mlflow-mlops-environments@sha256:${HEX}`;
const SERVERLESS = { ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 2 } };
const run = promisify(execFile);

/** A model that tells what its container lets it do. */
const MODEL = `
import os, mlflow

class Probe(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        if os.path.exists(os.path.join(os.path.dirname(__file__), "greedy")):
            self.held = bytearray(1400 * 1024 * 1024)
            for at in range(0, len(self.held), 4096):
                self.held[at] = 1
        if os.path.exists(os.path.join(os.path.dirname(__file__), "broken")):
            raise RuntimeError("no such luck")

    def predict(self, context, model_input, params=None):
        question, *rest = model_input[0]
        if question == "who":
            return [str(os.getuid()), str(os.environ.get("HOME")), ",".join(sorted(os.environ))]
        if question == "write":
            answers = []
            for place in rest:
                try:
                    open(os.path.join(place, "file"), "w").close()
                    answers.append("written")
                except OSError as error:
                    answers.append(type(error).__name__)
            return answers
        if question == "see":
            return [str(os.path.exists(place)) for place in rest]
        if question == "reach":
            import socket
            try:
                socket.create_connection((rest[0], int(rest[1])), timeout=2).close()
                return ["reached"]
            except OSError as error:
                return [type(error).__name__]

mlflow.models.set_model(Probe())
`;

let stage: Stage;
let neighbour: Server;
let folder: string;

beforeAll(async () => {
  stage = await openStage();
  stage.aws.images.add(`mlflow-mlops-environments@sha256:${HEX}`);
  neighbour = createServer((socket) => socket.end());
  await new Promise<void>((listening) => neighbour.listen(0, '127.0.0.1', listening));
  folder = await mkdtemp(join(tmpdir(), 'probe-'));
  await writeFile(join(folder, 'model.py'), MODEL);
  const script = 'import mlflow; mlflow.pyfunc.save_model("model", python_model="model.py")';
  await run(requirePython(), ['-c', script], { cwd: folder });
  const image = join(stage.workDir, 'images', HEX);
  await mkdir(image, { recursive: true });
  await symlink(dirname(dirname(requirePython())), join(image, 'env'));
});

afterAll(async () => {
  neighbour.close();
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

async function archive(extra?: string): Promise<Buffer> {
  const file = join(folder, `${extra ?? 'plain'}.tar.gz`);
  if (extra !== undefined) await writeFile(join(folder, 'model', extra), '');
  await run('tar', ['czf', file, '-C', join(folder, 'model'), '.']);
  if (extra !== undefined) await rm(join(folder, 'model', extra));
  return readFile(file);
}

async function host(name: string, { isolated = false, extra = '', variant = {} } = {}) {
  stage.aws.objects.set(`models/${name}.tar.gz`, await archive(extra || undefined));
  const container = { Image: IMAGE, ModelDataUrl: `s3://models/${name}.tar.gz` };
  await stage.sagemaker.send(
    new CreateModelCommand({ ModelName: name, PrimaryContainer: container, EnableNetworkIsolation: isolated }),
  );
  await configure(stage, name, name, variant);
  return deploy(stage, name);
}

const ask = async (name: string, ...question: string[]): Promise<string[]> =>
  (JSON.parse((await invoke(stage, name, { inputs: [question] })).text) as { predictions: string[] }).predictions;

test('an image without its folder fails its endpoint with the reason', async () => {
  const other = IMAGE.replace(HEX, 'f'.repeat(64));
  stage.aws.images.add(`mlflow-mlops-environments@sha256:${'f'.repeat(64)}`);
  stage.aws.objects.set('models/missing.tar.gz', await archive());
  await stage.sagemaker.send(
    new CreateModelCommand({
      ModelName: 'missing',
      PrimaryContainer: { Image: other, ModelDataUrl: 's3://models/missing.tar.gz' },
    }),
  );
  await configure(stage, 'missing', 'missing');
  expect((await deploy(stage, 'missing')).FailureReason).toMatch(/not on this machine/);
});

test('a model that does not load fails its endpoint with its own words', async () => {
  const { EndpointStatus, FailureReason } = await host('broken', { extra: 'broken', variant: SERVERLESS });
  expect(EndpointStatus).toBe('Failed');
  expect(FailureReason).toMatch(/did not pass the ping health check.*no such luck/);
});

describe('as SageMaker confines it', () => {
  let confined = false;
  beforeAll(async () => {
    confined = await canConfine();
    if (!confined) console.warn('This machine cannot confine containers: nothing is tested of that.');
  });

  test('a serverless container writes to /tmp only, is nobody in particular, and sees nothing of the machine', async () => {
    expect(await host('serverless', { variant: SERVERLESS })).toMatchObject({ EndpointStatus: 'InService' });
    if (!confined) return;
    const [uid, home, names] = await ask('serverless', 'who');
    expect([uid, home]).toEqual([process.geteuid?.() === 0 ? '1000' : '0', '/tmp']);
    expect(names).not.toMatch(/AWS_SECRET|AWS_ACCESS/);
    expect(await ask('serverless', 'write', '/opt/ml/model', '/', '/etc', '/opt/serve', '/tmp')).toEqual([
      ...Array(4).fill(expect.stringMatching(/^(OSError|PermissionError)$/)),
      'written',
    ]);
    expect(await ask('serverless', 'see', '/opt/ml/model/MLmodel', folder, process.cwd(), '/var/log')).toEqual([
      'True',
      'False',
      'False',
      'False',
    ]);
    const { port } = neighbour.address() as AddressInfo;
    expect(await ask('serverless', 'reach', '127.0.0.1', String(port))).toEqual(['reached']);
  });

  test('with network isolation it serves, and reaches nothing', async () => {
    expect(await host('isolated', { isolated: true })).toMatchObject({ EndpointStatus: 'InService' });
    const { port } = neighbour.address() as AddressInfo;
    if (!confined) return;
    expect(await ask('isolated', 'reach', '127.0.0.1', String(port))).toEqual(['ConnectionRefusedError']);
    expect(await ask('isolated', 'reach', '192.0.2.1', '80')).toEqual(['OSError']);
    expect(await ask('isolated', 'reach', 'pypi.org', '443')).toEqual(['gaierror']);
  });

  test('more memory than the endpoint has ends it', async () => {
    const { EndpointStatus, FailureReason } = await host('greedy', { extra: 'greedy', variant: SERVERLESS });
    if (!confined) return;
    expect({ EndpointStatus, FailureReason }).toMatchObject({
      EndpointStatus: 'Failed',
      FailureReason: expect.stringContaining('1024 MB of memory'),
    });
  });

  test('its processes end with it', async () => {
    await stage.close();
    const left = async () => {
      const ids = await readdir('/proc').catch(() => []);
      const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
      return lines.filter((line) => line.includes(stage.workDir));
    };
    // The kernel ends them one after the other: a busy machine takes a moment.
    for (let tries = 0; tries < 100 && (await left()).length > 0; tries += 1) {
      await new Promise((done) => setTimeout(done, 100));
    }
    expect(await left()).toEqual([]);
    stage = await openStage();
  });
});
