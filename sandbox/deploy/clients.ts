import { REGION, SECRET_KEY } from './accounts';

/** What an SDK client needs to reach one account of the sandbox. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The configuration of SDK clients for an account on MiniStack. */
export function clientConfig(endpoint: string, account: string): ClientConfig {
  return { endpoint, region: REGION, credentials: { accessKeyId: account, secretAccessKey: SECRET_KEY } };
}
