import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';
import { type Framework, imageUri } from './image-table';

/** Images that people put in place of AWS's, by framework. */
export type ImageOverrides = Partial<Record<Framework, string>>;

const FRAMEWORKS: readonly Framework[] = ['sklearn', 'xgboost'];
const MAX_AGE_SECONDS = 60;

/** Reads the SSM parameters `/mlflow-mlops/<flavor>_image_uri`; most installations have none. */
export async function readImageOverrides(): Promise<ImageOverrides> {
  const names = Object.fromEntries(FRAMEWORKS.map((framework) => [parameterName(framework), {}]));
  const found = await getParametersByName<string>(names, { throwOnError: false, maxAge: MAX_AGE_SECONDS });
  const overrides: ImageOverrides = {};
  for (const framework of FRAMEWORKS) {
    const value = (found as Record<string, unknown>)[parameterName(framework)];
    if (typeof value === 'string') {
      overrides[framework] = value;
    }
  }
  return overrides;
}

/** The image for a model: the user's own where there is one, else AWS's. */
export function chooseImage(
  framework: Framework,
  frameworkVersion: string,
  region: string,
  overrides: ImageOverrides,
): string {
  return overrides[framework] ?? imageUri(framework, frameworkVersion, region);
}

function parameterName(framework: Framework): string {
  return `/mlflow-mlops/${framework}_image_uri`;
}
