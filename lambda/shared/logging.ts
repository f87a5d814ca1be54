import { Logger } from '@aws-lambda-powertools/logger';

/** Structured log. Each step appends what it works on: model, version, execution. Secrets and bodies never go in. */
export const logger = new Logger({ serviceName: 'mlflow-mlops' });
