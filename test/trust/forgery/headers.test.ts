import { tried } from '../../../trust/sizes';
import { CAPTURED_SECRET } from '../../support/captured-deliveries';
import {
  DATABRICKS,
  databricks,
  expectRefused,
  FIRST,
  good,
  header,
  ID,
  MLFLOW,
  mlflow,
  NOW,
  stage,
  startCapturedReceiver,
  TIMESTAMP,
  transition,
  withHeader,
  without,
} from '../../support/forging';
import type { Sent } from '../../support/receiver';

const receiver = startCapturedReceiver();

/** Written cases: each could come from somebody without the secret, who may have seen real deliveries. */
const FORGED: readonly (readonly [string, () => Sent])[] = [
  [
    'id and timestamp for each other',
    () => withHeader(withHeader(good(), ID, String(NOW)), TIMESTAMP, header(good(), ID)),
  ],
  [
    'id and signature for each other',
    () => withHeader(withHeader(good(), ID, header(good(), MLFLOW)), MLFLOW, header(good(), ID)),
  ],
  [
    'two signatures, the right one last',
    () => ({
      ...good(),
      headers: [...without(good().headers, MLFLOW), [MLFLOW, 'v1,AAAA'], [MLFLOW, header(good(), MLFLOW)]],
    }),
  ],
  [
    'two signatures, the right one first',
    () => ({ ...good(), headers: [...good().headers, ['X-MLflow-Signature', 'v1,AAAA']] }),
  ],
  [
    'the right signature twice',
    () => ({ ...good(), headers: [...good().headers, ['X-MLflow-Signature', header(good(), MLFLOW)]] }),
  ],
  [
    'the right signature in two spellings',
    () => ({ ...good(), headers: [...good().headers, [MLFLOW, header(good(), MLFLOW)]] }),
  ],
  ['two ids', () => ({ ...good(), headers: [...good().headers, ['X-MLflow-Delivery-Id', 'other']] })],
  ['two timestamps', () => ({ ...good(), headers: [...good().headers, [TIMESTAMP, String(NOW)]] })],
  ['two Databricks signatures', () => ({ ...stage(), headers: [...stage().headers, ...stage().headers] })],
  [
    'two signatures joined by a comma',
    () => withHeader(stage(), DATABRICKS, `${header(stage(), DATABRICKS)},${'0'.repeat(64)}`),
  ],
  ["both senders' signatures", () => ({ ...good(), headers: [...good().headers, ...databricks(FIRST.raw).headers] })],
  [
    "both senders' signatures, one of them doubled",
    () => ({ ...stage(), headers: [...stage().headers, ...mlflow(transition()).headers, [MLFLOW, 'x']] }),
  ],
  [
    "a signature in the other sender's header",
    () => withHeader(stage(), DATABRICKS, header(mlflow(transition()), MLFLOW)),
  ],
  [
    "the other sender's signature in MLflow's header",
    () => withHeader(good(), MLFLOW, header(databricks(FIRST.raw), DATABRICKS)),
  ],
  [
    "the other sender's signature with MLflow's name",
    () => withHeader(good(), MLFLOW, `v1,${header(databricks(FIRST.raw), DATABRICKS)}`),
  ],
  [
    'signatures in headers of that name',
    () => ({
      headers: [
        ['__proto__', header(stage(), DATABRICKS)],
        ['constructor', 'x'],
      ],
      body: transition(),
    }),
  ],
  [
    'a signature in the body',
    () => ({ headers: [], body: transition({ 'X-Databricks-Signature': header(stage(), DATABRICKS) }) }),
  ],
  [
    "a body that another sender's signature covers: its beginning as the id",
    () => {
      const rest = '{"entity":"model_version","action":"created","data":{"name":"churn"}}';
      const seen = databricks(`{"event":"MODEL_VERSION_CREATED","model_name":"a.${NOW}.${rest}`);
      const base64 = Buffer.from(header(seen, DATABRICKS), 'hex').toString('base64');
      const id = '{"event":"MODEL_VERSION_CREATED","model_name":"a';
      return {
        headers: [
          [ID, id],
          [TIMESTAMP, String(NOW)],
          [MLFLOW, `v1,${base64}`],
        ],
        body: rest,
      };
    },
  ],
];

describe('a forged delivery with', () => {
  test.each(FORGED)('%s is refused', async (_what, forged) => {
    await expectRefused(receiver, forged());
    tried('forgery', 1);
  });

  test("a body that another sender's signature covers: id and timestamp before it is refused", async () => {
    const seen = mlflow(FIRST.raw, CAPTURED_SECRET, String(NOW), 'd-1');
    const hex = Buffer.from(header(seen, MLFLOW).slice(3), 'base64').toString('hex');
    // Covered, so it is read, and is no JSON.
    await expectRefused(receiver, { headers: [[DATABRICKS, hex]], body: `d-1.${NOW}.${FIRST.raw}` }, 400);
    tried('forgery', 1);
  });
});
