import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { notEnforced } from '../../../sandbox/sagemaker/endpoints/confinement';
import { isInFull, tried } from '../../../trust/sizes';
import { startTestSink, type TestSink } from '../../support/archive/sink';
import { choiceSettings } from '../../support/choice-settings';
import { requirePython } from './sagemaker/stage';
import { answeredNumbers, equal, packageFolder } from './serving-matrix/serve';
import { type Numbers, type Trained, train } from './serving-matrix/train';
import { TRAININGS } from './serving-matrix/trainings';

/** Real environment images: pushed to a registry, pulled by digest, and run as SageMaker runs the container of a serverless endpoint. */
const RUN_IMAGE = join(__dirname, '../../environment-image/run_image.py');
/** They need the same packages, so they share an image. */
const KINDS = ['linear', 'one-hot', 'hist-boosting'];
const EVERY_DAY = ['scikit-learn 1.6, MLflow 2.19'];
const FULL = [...EVERY_DAY, 'scikit-learn 1.9, XGBoost 3.3'];

interface Report {
  readonly parts: Readonly<Record<string, number>>;
  readonly image: { readonly imageBytes: number; readonly uncompressedBytes: number };
  readonly user: string;
  readonly served: readonly {
    readonly seconds: number;
    readonly megabytes: number;
    readonly answers: readonly (readonly [number, string])[];
    readonly log: string;
  }[];
}

interface Request {
  readonly type: string;
  readonly body: string;
  readonly expected: Numbers;
}

let sink: TestSink;
let folder: string;

beforeAll(async () => {
  sink = await startTestSink();
  folder = mkdtempSync(join(tmpdir(), 'environment-image-'));
});

afterAll(async () => {
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(
  TRAININGS.filter(({ name }) => (isInFull() ? FULL : EVERY_DAY).includes(name)).map((one) => [one.name, one] as const),
)(
  'an image for models of %s answers as in training, confined as on a serverless endpoint',
  async (_name, training) => {
    const missing = process.geteuid?.() === 0 ? await notEnforced() : 'the builder needs root';
    if (missing !== undefined) {
      console.warn(`No environment image is run: ${missing}.`);
      return;
    }
    const work = join(folder, training.python);
    mkdirSync(work);
    const trained = await train(training, work, KINDS);
    const requests = KINDS.map((kind) => requestsOf(trained[kind]));
    const packaged = await Promise.all(
      KINDS.map((kind) => packageFolder(sink, kind, join(work, kind), choiceSettings({ environmentImages: 'always' }))),
    );
    const environments = packaged.map(({ prepared }) => prepared.environment);
    expect(new Set(environments.map((environment) => environment?.digest)).size).toBe(1);

    const models = packaged.map(({ prepared, archive }, at) => {
      const file = join(work, `${KINDS[at]}.tar.gz`);
      writeFileSync(file, archive);
      const { environment } = prepared.packaging;
      return { archive: file, environment, requests: requests[at]?.map(({ type, body }) => [type, body]) };
    });
    const settings = join(work, 'settings.json');
    writeFileSync(settings, JSON.stringify({ spec: environments[0]?.spec, models }));
    const { stdout } = await promisify(execFile)(requirePython(), [RUN_IMAGE, settings], { maxBuffer: 2 ** 26 });
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;

    expect(report.user).toBe('1000:1000');
    const faults = report.served.flatMap(({ answers, log }, at) =>
      (requests[at] ?? []).flatMap(({ type, body, expected }, number) => {
        const [status, text] = answers[number] ?? [0, log];
        if (equal(status === 200 ? answeredNumbers(text) : null, expected) && status !== 0) return [];
        return [`${KINDS[at]}, ${type} ${body}: expected ${JSON.stringify(expected)}, got ${status} ${text}`];
      }),
    );
    expect(faults).toEqual([]);
    tried('serving-matrix', KINDS.length);
  },
  600_000,
);

function requestsOf(trained: Trained | { readonly missing: string } | undefined): Request[] {
  if (trained === undefined || 'missing' in trained) throw new Error(trained?.missing ?? 'not trained');
  return trained.requests.flatMap(({ body, expected, csv }) => [
    { type: 'application/json', body: JSON.stringify(body), expected },
    ...(csv === undefined ? [] : [{ type: 'text/csv', ...csv }]),
  ]);
}
