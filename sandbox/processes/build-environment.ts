import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How programs are told of proxies. */
const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy'];
/** How they are told of certificates that the machine trusts beside the usual ones. */
const CERTIFICATES = [
  'CURL_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
];
/** Settings of pip and npm that say where packages come from. */
const PIP = /^PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|CONFIG_FILE|PROXY|CERT)$/;
const NPM =
  /^npm_config_(?!_|.*(prefix|cache|user_agent|npm_version|node_gyp|init_module|globalconfig|userconfig|noproxy)$)/i;

const LOOPBACK = '127.0.0.1,localhost';

/**
 * What a build needs of the user's environment, so that npm and pip reach the machine's registries as they do in the user's
 * shell: proxies, certificates, registries. Nothing else of it reaches a build.
 *
 * @param env the user's environment, also as `npm run` has it: what npm says there about itself is left out
 * @param home the user's home, whose `.npmrc` may name registries
 */
export function buildEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): Record<string, string> {
  const taken = Object.entries(env).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    const wanted =
      PROXIES.includes(name.toLowerCase()) || CERTIFICATES.includes(name) || PIP.test(name) || NPM.test(name);
    return wanted && value !== undefined && value !== '';
  });
  const npmrc = join(home, '.npmrc');
  return {
    ...Object.fromEntries(taken),
    ...withoutProxy(env),
    ...(existsSync(npmrc) ? { npm_config_userconfig: npmrc } : {}),
  };
}

/** The sandbox's own servers are never reached through a proxy. */
function withoutProxy(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const hosts = [env.NO_PROXY ?? env.no_proxy, LOOPBACK].filter(Boolean).join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}
