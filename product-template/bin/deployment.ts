#!/usr/bin/env -S npx tsx
import { App } from 'aws-cdk-lib';
import { ModelPipelineStack } from '../lib/model-pipeline-stack';

const { STACK_NAME, SEED_BUCKET, SEED_KEY } = process.env;
const app = new App({ analyticsReporting: false });
new ModelPipelineStack(app, 'ModelPipelineStack', {
  ...(STACK_NAME ? { stackName: STACK_NAME } : {}),
  ...(SEED_BUCKET && SEED_KEY ? { seed: { bucket: SEED_BUCKET, key: SEED_KEY } } : {}),
  keepEndpoints: false,
});
app.synth();
