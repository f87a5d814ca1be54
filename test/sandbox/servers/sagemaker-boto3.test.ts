import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENVIRONMENT } from './sagemaker/hosting';
import { ACCOUNT, IMAGE, openStage, requirePython, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

/** Fits a regression and packs it as a script-mode archive, as a scikit-learn user would. */
const FIT = `
import io, sys, tarfile
import numpy, skops.io
from sklearn.linear_model import LinearRegression
model = LinearRegression().fit(numpy.array([[0, 0], [1, 0], [0, 1]]), numpy.array([0, 1, 10]))
script = b'''
import os
import skops.io

def model_fn(model_dir):
    return skops.io.load(os.path.join(model_dir, "model.skops"))

def predict_fn(data, model):
    return model.predict(data)
'''
files = {'model.skops': skops.io.dumps(model), 'code/inference.py': script}
with tarfile.open(sys.argv[1], 'w:gz') as tar:
    for name, data in files.items():
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
`;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('boto3 registers, approves, deploys and invokes a scikit-learn model', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fit-'));
  const archive = join(folder, 'model.tar.gz');
  const run = promisify(execFile);
  await run(requirePython(), ['-I', '-c', FIT, archive]);
  stage.aws.objects.set('models/fitted.tar.gz', await readFile(archive));
  await rm(folder, { recursive: true });

  const script = join(__dirname, 'sagemaker', 'boto3_client.py');
  const settings = [stage.url, IMAGE, 's3://models/fitted.tar.gz', JSON.stringify(ENVIRONMENT)];
  const { stdout } = await run(requirePython(), ['-I', script, ...settings]);
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({
    endpoint: 'InService',
    listed: [`arn:aws:sagemaker:us-east-1:${ACCOUNT}:model-package/boto3/1`],
    created: 'datetime',
    wrong_type: ['SerializationException', 'NUMBER_VALUE can not be converted to a String'],
    nothing: [
      'ValidationException',
      "1 validation error detected: Value null at 'modelPackageGroupName' failed to satisfy constraint: Member must not be null",
    ],
    not_here: ['UnknownOperationException', expect.stringContaining('ListTrainingJobs')],
    invoke_missing: ['ValidationError', `Endpoint none of account ${ACCOUNT} not found.`],
  });
  expect(seen.prediction[0]).toBeCloseTo(21);
  expect(seen.prediction[1]).toBeCloseTo(43);
});
