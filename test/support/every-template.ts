import type { Resource } from './product-template';
import { mutatedTemplate, productTemplates } from './product-template';
import { synthesize } from './synth';

/** A template that this project makes, under the name of its stack; several settings make several of one name. */
export interface NamedTemplate {
  readonly stack: 'MlflowMlopsStack' | 'ModelSyncStack' | 'ScProductStack' | 'product';
  readonly resources: Readonly<Record<string, Resource>>;
}

/** Settings that change what is granted. */
const SETTINGS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  {
    source: {
      type: 'connection',
      connectionArn: 'arn:aws:codeconnections:us-east-1:111111111111:connection/11111111-1111-1111-1111-111111111111',
      repository: 'acme/mlflow-mlops',
    },
  },
  {
    'artifact-store': {
      bucket: 'my-mlflow-artifacts',
      prefix: 'mlflow',
      kmsKeyArn: 'arn:aws:kms:us-east-1:111111111111:key/11111111-1111-1111-1111-111111111111',
    },
  },
];

/** Every template that has policies: those of the app under all settings, and those of the product before and after its pipeline ran. */
export function everyTemplate(): NamedTemplate[] {
  const apps = SETTINGS.map((settings) => synthesize(settings)).flatMap(({ root, modelSync, scProduct }) => [
    { stack: 'MlflowMlopsStack', resources: root.toJSON().Resources } as const,
    { stack: 'ModelSyncStack', resources: modelSync.toJSON().Resources } as const,
    { stack: 'ScProductStack', resources: scProduct.toJSON().Resources } as const,
  ]);
  const products = [...productTemplates().values(), mutatedTemplate()].map(
    (resources) => ({ stack: 'product', resources }) as const,
  );
  return [...apps, ...products];
}
