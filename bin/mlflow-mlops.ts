#!/usr/bin/env -S npx tsx
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { MlflowMlopsStack } from '../lib/mlflow-mlops-stack';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
new MlflowMlopsStack(app, 'MlflowMlopsStack');
app.synth();
