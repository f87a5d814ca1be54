import { readDelivery } from '../../../lambda/webhook/events';

const transition = {
  event: 'MODEL_VERSION_TRANSITIONED_STAGE',
  model_name: 'churn',
  text: 'someone transitioned churn version 3 from None to Production.',
};
const databricks = (body: unknown) => readDelivery('databricks', Buffer.from(JSON.stringify(body)));
const mlflow = (body: unknown) => readDelivery('mlflow', Buffer.from(JSON.stringify(body)));
const churn = { kind: 'sync', modelName: 'churn' };

describe('of Databricks', () => {
  test.each([
    'MODEL_VERSION_CREATED',
    'MODEL_VERSION_TRANSITIONED_STAGE',
    'MODEL_VERSION_TRANSITIONED_TO_STAGING',
    'MODEL_VERSION_TRANSITIONED_TO_PRODUCTION',
    'MODEL_VERSION_TRANSITIONED_TO_ARCHIVED',
    'MODEL_VERSION_TAG_SET',
  ])('%s asks for a sync, with and without a text', (event) => {
    expect(databricks({ ...transition, event })).toEqual(churn);
    expect(databricks({ event, model_name: 'churn' })).toEqual(churn);
    expect(databricks({ event, model_name: 'churn', text: null })).toEqual(churn);
  });

  test.each(['COMMENT_CREATED', 'REGISTERED_MODEL_CREATED', ''])('%j changes nothing that is deployed', (event) => {
    const reason = `event ${event} changes nothing that is deployed`;
    expect(databricks({ ...transition, event })).toEqual({ kind: 'ignored', reason });
  });

  test.each([
    ['a text that speaks of a test alone', { ...transition, text: 'This is a TEST of your webhook.' }],
    ['the same without a model', { event: transition.event, text: 'A test.' }],
  ])('%s is a test', (_what, body) => {
    expect(databricks(body)).toEqual({ kind: 'ignored', reason: 'test delivery' });
  });

  test.each([
    ['speaks of the model too', 'someone tagged churn version 3: test'],
    ['has those letters within a word', 'the latest version, tested or not'],
  ])('a text that %s is no test', (_what, text) => {
    expect(databricks({ ...transition, text })).toEqual(churn);
  });

  test('without a model the message says what is missing', () => {
    expect(() => databricks({ event: transition.event })).toThrow('model_name: missing');
    expect(() => databricks({ ...transition, model_name: null })).toThrow('model_name: missing');
  });
});

describe('of MLflow', () => {
  const event = { entity: 'model_version', action: 'created', data: { name: 'churn' } };

  test.each(['registered_model', 'model_version', 'model_version_tag', 'model_version_alias'])(
    'a change of a %s asks for a sync',
    (entity) => {
      expect(mlflow({ ...event, entity })).toEqual(churn);
    },
  );

  test.each([{ name: 'p' }, {}])(
    'a change of a prompt changes nothing that is deployed, and need not have a name',
    (data) => {
      const reason = 'prompt_version.created changes nothing that is deployed';
      expect(mlflow({ entity: 'prompt_version', action: 'created', data })).toEqual({ kind: 'ignored', reason });
    },
  );

  test('without a model the message says what is missing', () => {
    expect(() => mlflow({ ...event, data: {} })).toThrow('data.name: missing');
    expect(() => mlflow({ ...event, data: { name: 7 } })).toThrow(/^data\.name: /);
  });
});

test.each([
  ['no JSON', Buffer.from('hello'), /^body: not JSON in UTF-8$/],
  ['JSON in another encoding', Buffer.from('{"event": "\xe9"}', 'latin1'), /^body: not JSON in UTF-8$/],
  ['no object', Buffer.from('[]'), /^body: /],
  ['of another form', Buffer.from('{"event": 7}'), /^event: /],
])('a body that is %s is refused by name and place', (_what, body, message) => {
  const refused = expect(() => readDelivery('databricks', body));
  refused.toThrow(message);
  refused.toThrow(expect.objectContaining({ name: 'BadDeliveryError' }));
});
