#!/usr/bin/env -S npx tsx
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addDeployment } from '../lib/deployment';

try {
  // What the CDK would add about its own version is not part of this application.
  const app = new App({ analyticsReporting: false });
  addDeployment(app, join(__dirname, '..'), process.env);
  app.synth();
} catch (error) {
  // The message is for people; a stack trace above it would only hide it.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
