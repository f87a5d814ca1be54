#!/usr/bin/env -S npx tsx
import { deploymentApp } from '../lib/deployment';
import { WrongInput } from '../lib/wrong-input';

try {
  deploymentApp(process.cwd(), process.env).synth();
} catch (error) {
  if (!(error instanceof WrongInput)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
