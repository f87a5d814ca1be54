import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { MlflowMlopsStack } from '../../lib/mlflow-mlops-stack';
import { PROJECT } from '../../lib/project';

test.each<[string, Record<string, unknown>]>([
  ['without the pipeline', { pipeline: false }],
  [
    'from a connection, with access for people',
    {
      source: {
        type: 'connection',
        connectionArn: 'arn:aws:codeconnections:us-east-1:111111111111:connection/11111111-1111-1111-1111-111111111111',
        repository: 'acme/mlflow-mlops',
      },
      access: { roles: ['DataScientist'], groups: ['ml-engineers'] },
    },
  ],
  ['with the unreleased product', { 'unreleased-product': true }],
])(
  'cdk-nag finds nothing unacknowledged in the app %s',
  (_what, settings) => {
    const { context } = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8')) as { context: object };
    const own = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`mlflow-mlops:${name}`, value]));
    const app = new App({ context: { ...context, ...own, 'aws:cdk:bundling-stacks': [] } });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
    new MlflowMlopsStack(app, 'MlflowMlopsStack');
    expect(() => app.synth()).not.toThrow();
  },
  120_000,
);
