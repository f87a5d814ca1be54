import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';
import { requireEnv } from '../shared/env';
import { FLAVORS } from '../shared/flavors/choose';
import { type ChoiceSettings, type ImageOverrides, parameterName } from './choice';

const MAX_AGE_SECONDS = 60;

/** What this installation decides on images: its settings, and the SSM parameters `/mlflow-mlops/<flavor>_image_uri`. */
export async function readChoiceSettings(): Promise<ChoiceSettings> {
  const mode = requireEnv('ENVIRONMENT_IMAGES');
  if (mode !== 'automatic' && mode !== 'always' && mode !== 'off') {
    throw new Error(`ENVIRONMENT_IMAGES is ${JSON.stringify(mode)}; expected automatic, always or off`);
  }
  return {
    region: requireEnv('AWS_REGION'),
    overrides: await readImageOverrides(),
    environmentImages: mode,
    rules: {
      indexes: JSON.parse(process.env.ENVIRONMENT_INDEXES ?? '[]') as string[],
      sources: false,
    },
  };
}

/** Most installations have none or one. */
export async function readImageOverrides(): Promise<ImageOverrides> {
  const names = Object.fromEntries(FLAVORS.map(({ name }) => [parameterName(name), {}]));
  return overridesIn(await getParametersByName<string>(names, { throwOnError: false, maxAge: MAX_AGE_SECONDS }));
}

/**
 * The image that earlier releases built for python_function, and named in its parameter. It installs the model's packages at each
 * start, which needs a network and a writable file system.
 */
const OF_EARLIER_RELEASES = /\/modelrepack-modelsyncstack-pythonfunctionimage[^/]*$/;

/** The images that people named in parameters, by flavor. */
export function overridesIn(parameters: Readonly<Record<string, unknown>>): ImageOverrides {
  const overrides: ImageOverrides = {};
  for (const { name } of FLAVORS) {
    const value = parameters[parameterName(name)];
    if (typeof value === 'string' && !OF_EARLIER_RELEASES.test(value)) {
      overrides[name] = value;
    }
  }
  return overrides;
}
