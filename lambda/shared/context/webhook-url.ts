import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';
import { requireEnv } from '../env';

/** A parameter puts another address before the API's own, for those who reach it by a proxy or a domain of theirs. */
export async function webhookUrl(): Promise<string> {
  const name = requireEnv('WEBHOOK_URL_PARAMETER');
  const found = await getParametersByName<string>({ [name]: {} }, { throwOnError: false, maxAge: 60 });
  const override: unknown = found[name];
  return typeof override === 'string' ? override : requireEnv('WEBHOOK_URL');
}
