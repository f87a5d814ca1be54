import { isInline, parseBuildspec } from '../../../../sandbox/developer-tools/codebuild/buildspec';

test('YAML and JSON are read, and scalars are texts', () => {
  const yaml =
    'version: 0.2\nenv:\n  variables:\n    COUNT: 3\n    ON: true\nphases:\n  build:\n    commands:\n      - echo 1\n';
  const spec = parseBuildspec(yaml);
  expect(spec.env.variables).toEqual({ COUNT: '3', ON: 'true' });
  expect(spec.phases.build).toEqual({ commands: ['echo 1'] });
  expect(parseBuildspec(JSON.stringify({ version: '0.2', phases: {} }))).toMatchObject({ phases: {} });
});

test('what CDK writes is taken', () => {
  const spec = parseBuildspec(
    JSON.stringify({
      version: '0.2',
      phases: {
        install: { 'runtime-versions': { nodejs: '22' }, commands: ['npm install -g aws-cdk@2'] },
        build: { commands: ['cdk -a . deploy'] },
      },
      artifacts: { 'base-directory': 'cdk.out', files: ['**/*'] },
      cache: { paths: ['node_modules/**/*'] },
    }),
  );
  expect(spec.artifacts).toEqual({ 'base-directory': 'cdk.out', files: ['**/*'] });
});

test.each([
  ['another version', { version: '0.1', phases: {} }, 'version'],
  ['no phases', { version: '0.2' }, 'phases'],
  ['a phase that CodeBuild does not have', { version: '0.2', phases: { deploy: { commands: [] } } }, 'deploy'],
  ['reports', { version: '0.2', phases: {}, reports: {} }, 'reports'],
  ['run-as', { version: '0.2', phases: {}, 'run-as': 'root' }, 'run-as'],
  ['secrets', { version: '0.2', phases: {}, env: { 'secrets-manager': {} } }, 'secrets-manager'],
  ['another shell', { version: '0.2', phases: {}, env: { shell: '/bin/sh' } }, 'shell'],
  ['finally', { version: '0.2', phases: { build: { commands: [], finally: [] } } }, 'finally'],
  [
    'several artifacts',
    { version: '0.2', phases: {}, artifacts: { 'secondary-artifacts': {} } },
    'secondary-artifacts',
  ],
])('%s is refused by name', (_what, spec, name) => {
  expect(() => parseBuildspec(JSON.stringify(spec))).toThrow(name);
});

test('text that is no YAML is refused', () => {
  expect(() => parseBuildspec('version: [')).toThrow('the build specification is no YAML');
});

test.each([
  ['{"version": "0.2"}', true],
  ['version: 0.2\nphases: {}', true],
  ['ci/buildspec.yml', false],
  ['', false],
])('%s', (text, inline) => {
  expect(isInline(text)).toBe(inline);
});
