import { machineEnvironment } from '../../../../sandbox/developer-tools/codebuild/machine';

const own = {
  PATH: '/bin',
  AWS_SECRET_ACCESS_KEY: 'secret',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  npm_config_registry: 'https://registry.invalid/',
  npm_config_prefix: '/usr',
  npm_config_userconfig: '/home/me/.npmrc',
  npm_package_name: 'x',
  PIP_INDEX_URL: 'https://index.invalid/',
};

test('what leads to package registries is passed on, and nothing else', () => {
  expect(machineEnvironment(undefined, own)).toEqual({
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    npm_config_registry: 'https://registry.invalid/',
    npm_config_userconfig: '/home/me/.npmrc',
    PIP_INDEX_URL: 'https://index.invalid/',
  });
});

test('what was chosen counts, and not what is found', () => {
  expect(machineEnvironment('{"A": "1"}', own)).toEqual({ A: '1' });
});

test('through a proxy the sandbox is still reached directly', () => {
  const proxied = machineEnvironment('{"https_proxy": "http://proxy.invalid", "no_proxy": "internal"}', {});
  expect(proxied).toMatchObject({ no_proxy: 'internal,127.0.0.1,localhost', NO_PROXY: 'internal,127.0.0.1,localhost' });
});

test.each(['[1]', '{"A": 1}', '"text"', 'null'])('%s is no environment', (json) => {
  expect(() => machineEnvironment(json, {})).toThrow('BUILD_ENVIRONMENT is not a JSON object of texts');
});
