import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildEnvironment } from '../../../../sandbox/processes/build-environment';

const home = () => mkdtempSync(join(tmpdir(), 'home-'));
const LOOPBACK = { NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' };

it('has what leads npm and pip to their registries', () => {
  const wanted = {
    HTTPS_PROXY: 'http://proxy:3128',
    http_proxy: 'http://proxy:3128',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    PIP_INDEX_URL: 'https://packages.example/simple',
    npm_config_registry: 'https://packages.example/npm/',
    NPM_CONFIG_STRICT_SSL: 'true',
  };
  expect(buildEnvironment(wanted, home())).toEqual({ ...wanted, ...LOOPBACK });
});

it('has nothing of the user, of credentials, and of the npm that runs the sandbox', () => {
  const others = {
    HOME: '/home/user',
    AWS_SECRET_ACCESS_KEY: 'secret',
    npm_config_prefix: '/usr',
    npm_config_local_prefix: '/project',
    npm_config_cache: '/home/user/.npm',
    npm_config_user_agent: 'npm/10',
    npm_config__auth: 'secret',
    NPM_TOKEN: 'secret',
    HTTP_PROXY: '',
  };
  expect(buildEnvironment(others, home())).toEqual(LOOPBACK);
});

it("lets npm read the user's .npmrc where there is one", () => {
  const folder = home();
  writeFileSync(join(folder, '.npmrc'), 'registry=https://packages.example/npm/\n');
  expect(buildEnvironment({}, folder)).toEqual({ ...LOOPBACK, npm_config_userconfig: join(folder, '.npmrc') });
});

it('keeps the sandbox out of proxies', () => {
  expect(buildEnvironment({ no_proxy: '.example' }, home())).toMatchObject({
    NO_PROXY: '.example,127.0.0.1,localhost',
  });
});
