#!/usr/bin/env -S npx tsx
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { MlflowMlopsStack } from '../lib/mlflow-mlops-stack';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
new MlflowMlopsStack(app, 'MlflowMlopsStack');
app.synth();
