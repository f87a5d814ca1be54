import { tagMetadata } from '../../../../lambda/shared/packages/tag-metadata';

test('tags come in the order of their names, with names and values encoded', () => {
  const { metadata, leftOut } = tagMetadata({ 'b c': 'x=y', a: '1' });
  expect(Object.entries(metadata)).toEqual([
    ['mlflow_tag_a', '1'],
    ['mlflow_tag_b c', 'x=3Dy'],
  ]);
  expect(leftOut).toEqual([]);
});

test("empty tags and MLflow's own have no entry; others that begin alike have one", () => {
  const tags = { empty: '', 'mlflow.user': 'root', mlflow: '1', mlflow_user: '2', 'my.mlflow.tag': '3' };
  expect(tagMetadata(tags)).toEqual({
    metadata: { mlflow_tag_mlflow: '1', mlflow_tag_mlflow_user: '2', 'mlflow_tag_my.mlflow.tag': '3' },
    leftOut: [],
  });
});

test('the longest name and the longest value fit, one character more does not', () => {
  const [name, value] = ['n'.repeat(128 - 'mlflow_tag_'.length), 'v'.repeat(256)];
  expect(tagMetadata({ [name]: value })).toEqual({ metadata: { [`mlflow_tag_${name}`]: value }, leftOut: [] });
  expect(tagMetadata({ [`${name}n`]: 'v' })).toEqual({ metadata: {}, leftOut: [`mlflow_tag_${name}n`] });
  expect(tagMetadata({ n: `${value}v` })).toEqual({ metadata: {}, leftOut: ['mlflow_tag_n'] });
});

test('of more than 23 the last are left out, by the names that people gave them', () => {
  const names = Array.from({ length: 26 }, (_, index) => `t=${100 + index}`);
  const { metadata, leftOut } = tagMetadata(Object.fromEntries(names.map((name) => [name, 'v'])));
  expect(Object.keys(metadata)).toEqual(names.slice(0, 23).map((name) => `mlflow_tag_${name.replace('=', '=3D')}`));
  expect(leftOut).toEqual(['mlflow_tag_t=123', 'mlflow_tag_t=124', 'mlflow_tag_t=125']);
});
