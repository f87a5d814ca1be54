import { listPackages } from '../../../sandbox/demo/packages';
import { call, setAlias, setTag } from '../../../sandbox/demo/registry';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).openSource;
  await stage.model();
}, UP_TIMEOUT_MS);

/** What people call their models; MLflow itself refuses only `/`, `:` and the empty name. */
function wildNames(): string[] {
  const run = stage.name('').slice(1);
  return [
    ...['a_b', 'a-b', 'a.b', 'A_B', 'A-B'].map((name) => `${name}${run}`),
    `main.default.churn_model_${run}`,
    `Umsatz-Prognose für Köln (${run})`,
    `売上予測 ${run}`,
    `🍷 "quality" & it's <50%> = $1; ${run}`,
    `  spaces  around ${run}  `,
    `${'long '.repeat(40)}${run}`,
  ];
}

test('any name gives a group of its own, and webhooks, packages and metadata keep the name as it is', async () => {
  const names = wildNames();
  for (const name of names) {
    await stage.register(name);
  }
  const groups = await stage.enrolAll(names, stage.name('wild'));
  expect(new Set(groups).size).toBe(names.length);
  expect(new Set(groups.map((group) => group.toLowerCase())).size).toBe(names.length);
  expect(groups[1]).toBe(names[1]);
  for (const group of groups) {
    expect(group).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  }
  await Promise.all(names.map((name) => setAlias(stage.env, name, '1', 'production')));
  const packages = await Promise.all(groups.map((group) => stage.untilPackages(group, ({ length }) => length > 0)));
  expect(packages.map((list) => list.map(({ metadata }) => metadata.mlflow_name))).toEqual(names.map((name) => [name]));

  const again = await stage.sync({});
  const ours = again.output.models.filter(({ modelName }) => names.includes(modelName));
  expect(ours.map(({ created, updated, deleted }) => [created, updated, deleted])).toEqual(ours.map(() => [0, 0, 0]));
  const kept = await Promise.all(groups.map((group) => listPackages(stage.aws, group)));
  expect(kept.map((list) => list.map(({ arn }) => arn))).toEqual(packages.map((list) => list.map(({ arn }) => arn)));
}, 180_000);

test('tags and descriptions are read back exactly; what does not fit is left out whole, and named', async () => {
  const name = stage.name('told');
  const version = await stage.register(name);
  const wild = {
    owner: 'Jörg "J" <j@example.com>, 50% = ½\n\ttab',
    'team.名前': '🍷 売上',
    equals: 'alpha=42 =41 =',
    ' spaced ': ' both ends ',
  };
  const many = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`z${String(index).padStart(2, '0')}`, 'x']),
  );
  for (const [key, value] of Object.entries({ ...wild, ...many, long: 'ü'.repeat(300) })) {
    await setTag(stage.env, name, version, key, value);
  }
  const description = 'word '.repeat(60);
  await call(stage.env, 'PATCH', 'model-versions/update', { name, version, description });
  await setAlias(stage.env, name, version, 'production');
  const group = await stage.enrol(name);
  const [one] = await listPackages(stage.aws, group);
  const tags = Object.fromEntries(
    Object.entries(one?.metadata ?? {}).filter(([key]) => key.startsWith('mlflow_tag_') && !key.includes('_z')),
  );
  expect(Object.values(tags).sort()).toEqual(Object.values(wild).sort());
  expect(Object.keys(one?.metadata ?? {}).filter((key) => key.startsWith('mlflow_tag_'))).toHaveLength(23);
  expect(one?.metadata).not.toHaveProperty('mlflow_description');
  const leftOut = one?.metadata.mlflow_left_out ?? '';
  expect(leftOut).toMatch(/^mlflow_description mlflow_tag_long mlflow_tag_z19 .* and 7 more$/);
  expect(Object.keys(one?.described.CustomerMetadataProperties ?? {}).length).toBeLessThanOrEqual(50);

  await call(stage.env, 'PATCH', 'model-versions/update', { name, version, description: 'short, now' });
  await stage.sync({ modelName: name });
  expect((await listPackages(stage.aws, group))[0]?.metadata.mlflow_description).toBe('short, now');
}, 120_000);
