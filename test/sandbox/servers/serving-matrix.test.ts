import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInFull, tried } from '../../../trust/sizes';
import { startTestSink, type TestSink } from '../../support/archive/sink';
import { openStage, type Stage } from './sagemaker/stage';
import { type Outcomes, writePage } from './serving-matrix/report';
import { Serving } from './serving-matrix/serve';
import { train } from './serving-matrix/train';
import { TRAININGS, type Training } from './serving-matrix/trainings';

/**
 * Models of many kinds, trained in many environments and served as the installation decides. Each is served with the answers of
 * `mlflow.pyfunc` in its training environment, or refused before it has a package.
 */
const EVERY_DAY = ['linear', 'boosting', 'one-hot', 'own-module', 'lambda', 'xgboost-json'];
/** An environment that AWS's images are equal to, and an older one. */
const EVERY_DAY_TRAININGS = ['scikit-learn 1.6, MLflow 2.19', 'scikit-learn 1.9, pandas 2'];

const trainings = TRAININGS.filter(({ name }) => isInFull() || EVERY_DAY_TRAININGS.includes(name));

const results: (readonly [Training, Outcomes])[] = [];
let stage: Stage;
let sink: TestSink;
let folder: string;

beforeAll(async () => {
  stage = await openStage();
  sink = await startTestSink();
  folder = mkdtempSync(join(tmpdir(), 'serving-matrix-'));
});

afterAll(async () => {
  await stage.close();
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
  if (isInFull() && results.length === TRAININGS.length) writePage(results);
});

test.each(trainings.map((training) => [training.name, training.python, training] as const))(
  'models of %s on Python %s are answered as in training, or refused',
  async (_name, _python, training) => {
    const number = TRAININGS.indexOf(training);
    const work = join(folder, String(number));
    mkdirSync(work);
    const kinds = training.kinds.filter((kind) => isInFull() || EVERY_DAY.includes(kind));
    const trained = await train(training, work, kinds);
    const serving = new Serving(stage, sink);
    const outcomes: Record<string, Outcomes[string]> = {};
    for (const kind of kinds) {
      const one = trained[kind];
      outcomes[kind] =
        one !== undefined && 'requests' in one
          ? await serving.serve(`matrix-${number}-${kind}`, join(work, kind), one)
          : { missing: one?.missing ?? 'not trained' };
    }
    results.push([training, outcomes]);
    const faults = Object.entries(outcomes).flatMap(([kind, outcome]) =>
      'faults' in outcome ? outcome.faults.map((fault) => `${kind} by ${outcome.way}: ${fault}`) : [],
    );
    expect(faults).toEqual([]);
    tried('serving-matrix', Object.values(outcomes).filter((outcome) => 'faults' in outcome).length);
  },
  1_800_000,
);
