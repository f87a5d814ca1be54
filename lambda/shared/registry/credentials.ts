import * as z from 'zod';
import { RefusedError } from '../errors';

/** How requests to a registry are authenticated. */
export type Authorization =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'none' };

/** What the user's secret says: which kind of registry, where, and how to be let in. */
export interface RegistryCredentials {
  readonly kind: 'databricks' | 'open-source';
  /** Without a trailing slash. */
  readonly url: string;
  readonly authorization: Authorization;
}

const text = z.string().trim().min(1);
/** What a header can carry; an error about any other value would show it. */
const token = text.regex(/^[\x21-\x7e]+$/);
const SecretShape = z.object({
  DATABRICKS_HOST: text.optional(),
  DATABRICKS_TOKEN: token.optional(),
  DATABRICKS_USERNAME: text.optional(),
  DATABRICKS_PASSWORD: text.optional(),
  MLFLOW_TRACKING_URI: text.optional(),
  MLFLOW_TRACKING_TOKEN: token.optional(),
  MLFLOW_TRACKING_USERNAME: text.optional(),
  MLFLOW_TRACKING_PASSWORD: text.optional(),
});

const EXPECTED =
  'expected DATABRICKS_HOST with DATABRICKS_TOKEN (or DATABRICKS_USERNAME and DATABRICKS_PASSWORD), ' +
  'or MLFLOW_TRACKING_URI with MLFLOW_TRACKING_TOKEN (or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD)';

/**
 * Reads the secret that holds a registry's credentials.
 *
 * @param secret the secret's text: a JSON object with the names of {@link SecretShape}
 * @throws RefusedError that names the keys which are there and those which are wanted, never a value
 */
export function parseCredentials(secret: string): RegistryCredentials {
  const parsed = SecretShape.safeParse(parseJson(secret));
  if (!parsed.success) {
    const keys = parsed.error.issues.map(({ path }) => path.join('.')).filter(Boolean);
    throw new RefusedError(
      `the registry's secret is not valid (${keys.join(', ') || 'not a JSON object'}): ${EXPECTED}`,
    );
  }
  const value = parsed.data;
  if (value.DATABRICKS_HOST) {
    return {
      kind: 'databricks',
      url: baseUrl('DATABRICKS_HOST', value.DATABRICKS_HOST),
      authorization: authorizationOf(value.DATABRICKS_TOKEN, value.DATABRICKS_USERNAME, value.DATABRICKS_PASSWORD),
    };
  }
  if (value.MLFLOW_TRACKING_URI) {
    return {
      kind: 'open-source',
      url: baseUrl('MLFLOW_TRACKING_URI', value.MLFLOW_TRACKING_URI),
      authorization: authorizationOf(
        value.MLFLOW_TRACKING_TOKEN,
        value.MLFLOW_TRACKING_USERNAME,
        value.MLFLOW_TRACKING_PASSWORD,
      ),
    };
  }
  throw new RefusedError(`the registry's secret names no registry: ${EXPECTED}`);
}

/** Basic wins over Bearer where both are given, as it does in MLflow's own client. */
function authorizationOf(token?: string, username?: string, password?: string): Authorization {
  if (username && password) {
    return { kind: 'basic', username, password };
  }
  if (token) {
    return { kind: 'bearer', token };
  }
  throw new RefusedError(`the registry's secret has neither a token nor a user name with a password: ${EXPECTED}`);
}

function parseJson(secret: string): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    throw new RefusedError(`the registry's secret is not JSON: ${EXPECTED}`);
  }
}

function baseUrl(key: string, value: string): string {
  const withScheme = /^https?:\/\//i.test(value) ? value : `https://${value}`;
  if (!URL.canParse(withScheme)) {
    throw new RefusedError(`${key} of the registry's secret is not an URL: expected for example https://host`);
  }
  const url = new URL(withScheme);
  if (url.username || url.password) {
    throw new RefusedError(`${key} of the registry's secret holds credentials: put them into keys of their own`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
