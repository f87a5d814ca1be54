import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Variables by which a machine says how its programs reach package registries: proxies, certificates, npm's and pip's settings. */
const PASSED_ON =
  /^(https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_(file|dir)|curl_ca_bundle|requests_ca_bundle|aws_ca_bundle|git_ssl_cainfo|pip_.+|uv_.+|npm_config_(cache|registry|userconfig|globalconfig|cafile|ca|strict_ssl|proxy|https?_?proxy|noproxy|nodedir|@.+|\/\/.+))$/i;

/** Requests to this machine never go through a proxy. */
const LOOPBACK = ['127.0.0.1', 'localhost'];

/**
 * What builds are told of the machine's way to package registries, without which `npm ci` fails where there is a mirror or a
 * proxy. Nothing else of the machine's environment reaches a build.
 *
 * @param given variables that whoever starts the server chose, as JSON; without them they are found in the server's own
 * environment and in the user's `.npmrc`
 * @throws Error when the JSON is not an object of texts
 */
export function machineEnvironment(given: string | undefined, own: NodeJS.ProcessEnv): Record<string, string> {
  const variables = given === undefined || given === '' ? found(own) : parsed(given);
  const proxied = Object.keys(variables).some((name) => /^(https?|all)_proxy$/i.test(name));
  return proxied ? { ...variables, ...withoutProxy(variables) } : variables;
}

function found(own: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(own).flatMap(([name, value]) =>
    value !== undefined && PASSED_ON.test(name) ? [[name, value] as const] : [],
  );
  const npmrc = join(homedir(), '.npmrc');
  const named = kept.some(([name]) => /^npm_config_userconfig$/i.test(name));
  return Object.fromEntries(named || !existsSync(npmrc) ? kept : [...kept, ['npm_config_userconfig', npmrc] as const]);
}

function parsed(json: string): Record<string, string> {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Object.values(value).some((item) => typeof item !== 'string')) {
    throw new Error('BUILD_ENVIRONMENT is not a JSON object of texts.');
  }
  return { ...(value as Record<string, string>) };
}

function withoutProxy(variables: Readonly<Record<string, string>>): Record<string, string> {
  const known = (variables.NO_PROXY ?? variables.no_proxy ?? '').split(',').filter((host) => host !== '');
  const all = [...new Set([...known, ...LOOPBACK])].join(',');
  return { NO_PROXY: all, no_proxy: all };
}
