import { frameworkImage, frameworkImageUri } from '../../../lambda/packaging/framework-images';
import { canConfine } from '../../../sandbox/sagemaker/endpoints/confinement';
import { deploy, invoke, prepare } from './sagemaker/hosting';
import { openStage, type Stage } from './sagemaker/stage';

/** AWS's scikit-learn image as its own toolkit and pins make it. The first test makes the environment, where no sandbox has. */
jest.setTimeout(600_000);

const IMAGE = frameworkImageUri('sklearn', 'us-east-1');

/** A busy machine is no failure. */
const PATIENT = { ContainerStartupHealthCheckTimeoutInSeconds: 300 };

const SCRIPT = `
import json, os, sys
import flask
print("imported", __name__, file=sys.stderr)

def model_fn(model_dir):
    with open(os.path.join(model_dir, "factor.txt")) as f:
        return float(f.read())

def transform_fn(model, body, content_type, accept):
    question = json.loads(body)
    if question == "teapot":
        return flask.Response("short and stout", status=418)
    if question == "fail":
        raise ValueError("no such luck")
    if question == "environment":
        return json.dumps(dict(os.environ)), "application/json"
    if isinstance(question, str):
        try:
            module = __import__(question)
            return json.dumps(getattr(module, "__version__", "there")), "application/json"
        except ImportError as error:
            return json.dumps(str(error)), "application/json"
    return json.dumps([number * model for number in question]), "application/json"
`;

/** How this machine may reach package indexes; no program reads the second variable. */
const INDEXES = { UV_INDEX_PRIVATE_PASSWORD: 'hunter2', PIP_UNUSED: 'https://user:hunter2@index.invalid/simple' };

let stage: Stage;
beforeAll(async () => {
  Object.assign(process.env, INDEXES);
  stage = await openStage();
  for (const name of Object.keys(INDEXES)) delete process.env[name];
});
afterAll(() => stage.close());

const files = (more: Readonly<Record<string, string>> = {}) => ({
  'factor.txt': '2',
  'code/inference.py': SCRIPT,
  ...more,
});
const answer = async (name: string, data: unknown) => {
  try {
    return (await invoke(stage, name, data)).text;
  } catch (error) {
    const { OriginalStatusCode, OriginalMessage } = error as { OriginalStatusCode?: number; OriginalMessage?: string };
    return `${OriginalStatusCode} ${OriginalMessage}`;
  }
};

test('a script answers with the packages of the image, and with no others', async () => {
  await prepare(stage, 'plain', files(), { image: IMAGE, variant: PATIENT });
  expect(await deploy(stage, 'plain')).toMatchObject({ EndpointStatus: 'InService' });
  expect(await answer('plain', [1, 2])).toBe('[2.0, 4.0]');
  const { pins } = frameworkImage('sklearn');
  for (const [module, name] of [
    ['sklearn', 'scikit-learn'],
    ['pandas', 'pandas'],
    ['numpy', 'numpy'],
  ] as const) {
    expect(await answer('plain', module)).toBe(JSON.stringify(pins[name]));
  }
  for (const module of ['mlflow', 'skops', 'cloudpickle', 'xgboost', 'boto4']) {
    expect(await answer('plain', module)).toBe(`"No module named '${module}'"`);
  }
});

test('a script does not see the passwords of package indexes', async () => {
  const environment = await answer('plain', 'environment');
  expect(environment).toContain('https://index.invalid/simple');
  expect(environment).not.toContain('hunter2');
});

test("a script's error is 500 with HTML, and its response has its own status", async () => {
  expect(await answer('plain', 'fail')).toMatch(/^500 [\s\S]*<title>500 Internal Server Error<\/title>/);
  expect(await answer('plain', 'teapot')).toBe('418 short and stout');
});

test("the script's module is imported twice before the worker has it, and once there", async () => {
  const imports = stage.log.filter((line) => line.includes('plain/AllTraffic: imported inference'));
  expect(imports.length).toBeGreaterThanOrEqual(2);
});

test('a model that does not load fails the health check', async () => {
  await prepare(stage, 'broken', files({ 'factor.txt': 'two' }), { image: IMAGE, variant: PATIENT });
  expect(await deploy(stage, 'broken')).toMatchObject({
    EndpointStatus: 'Failed',
    FailureReason: expect.stringContaining('did not pass the ping health check'),
  });
});

test('requirements that cannot be installed end the container', async () => {
  const missing = files({ 'code/requirements.txt': '-c constraints.txt\nnumpy\n' });
  await prepare(stage, 'constraints', missing, { image: IMAGE, variant: PATIENT });
  expect(await deploy(stage, 'constraints')).toMatchObject({ EndpointStatus: 'Failed' });
});

test('without network, build isolation has to be off', async () => {
  if (!(await canConfine())) return;
  await prepare(stage, 'isolated', files(), { image: IMAGE, isolated: true, variant: PATIENT });
  expect(await deploy(stage, 'isolated')).toMatchObject({ EndpointStatus: 'Failed' });
  const environment = { PIP_NO_BUILD_ISOLATION: '0' };
  await prepare(stage, 'isolated-2', files(), { image: IMAGE, isolated: true, environment, variant: PATIENT });
  expect(await deploy(stage, 'isolated-2')).toMatchObject({ EndpointStatus: 'InService' });
});

test('an image whose environment is not known fails the endpoint by name', async () => {
  await prepare(stage, 'older', files(), { image: IMAGE.replace(/:.*/, ':1.2-1-cpu-py3') });
  expect((await deploy(stage, 'older')).FailureReason).toMatch(/sagemaker-scikit-learn:1.9-0-cpu-py3 only/);
});
