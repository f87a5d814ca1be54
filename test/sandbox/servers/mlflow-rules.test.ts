import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { environmentsOf } from '../../../lambda/shared/environments';
import { parseArtifactSource } from '../../../lambda/shared/registry/artifact-source';
import { requirePython } from './sagemaker/stage';

jest.setTimeout(120_000);

/** What a Python program that uses MLflow prints as JSON. */
async function mlflow<T>(program: string, ...args: readonly string[]): Promise<T> {
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' };
  const { stdout } = await promisify(execFile)(requirePython(), ['-W', 'ignore', '-c', program, ...args], { env });
  return JSON.parse(stdout) as T;
}

const PARSE = `
import json, sys
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.runs_artifact_repo import RunsArtifactRepository
def parsed(uri):
    try:
        run, path = RunsArtifactRepository.parse_runs_uri(uri)
        return {"run": run, "path": "/".join(part for part in (path or "").split("/") if part)}
    except MlflowException:
        return None
print(json.dumps([parsed(uri) for uri in sys.argv[1:]]))
`;

const URIS = [
  'runs:/r1',
  'runs:/r1/',
  'runs:/r1/model',
  'runs:/r1//a/b',
  'runs:/r1/a//b/',
  'runs:///r1/a',
  'runs://profile@databricks/r1/a',
  'runs://host/r1',
  'RUNS:/r1/a',
  'runs:/r1/a?b=/c',
  'runs:/r1#a/b',
  'runs:/r1/a b/%2e',
  'runs:/r1/a:b@c',
  'runs:/',
  'runs://',
  'runs://host',
  'runs://host/',
  'runs:r1/a',
  'runs:',
];

test("reads runs:/ URIs as MLflow's parser does, and refuses those that it refuses", async () => {
  const ours = URIS.map((uri) => {
    try {
      const source = parseArtifactSource(uri, '');
      return source.kind === 'run' ? { run: source.runId, path: source.path } : source;
    } catch {
      return null;
    }
  });
  expect(ours).toEqual(await mlflow(PARSE, ...URIS));
});

const ALIASES = `
import json, tempfile
from mlflow import MlflowClient
folder = tempfile.mkdtemp()
client = MlflowClient(tracking_uri="sqlite:///" + folder + "/mlflow.db")
client.create_registered_model("churn")
for _ in range(2):
    client.create_model_version("churn", "s3://bucket/model")
client.set_registered_model_alias("churn", "Production", "1")
client.set_registered_model_alias("churn", "production", "2")
print(json.dumps({version: client.get_model_version("churn", version).aliases for version in ("1", "2")}))
`;

test('two spellings of an alias are two aliases in MLflow, and promote both versions', async () => {
  const versions = await mlflow<Record<string, string[]>>(ALIASES);
  expect(versions).toEqual({ 1: ['Production'], 2: ['production'] });
  for (const aliases of Object.values(versions)) {
    expect(environmentsOf({ stage: 'None', aliases }).map(({ name }) => name)).toEqual(['Production']);
  }
});
