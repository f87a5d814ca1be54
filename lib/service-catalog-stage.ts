import { Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ScProductStack } from './service-catalog/sc-product-stack';
import type { Settings } from './settings';

/** The stage that offers a deployment pipeline for each model in Service Catalog. */
export class ServiceCatalogStage extends Stage {
  constructor(scope: Construct, id: string, settings: Settings, props?: StageProps) {
    super(scope, id, props);
    new ScProductStack(this, 'ScProductStack', settings);
  }
}
