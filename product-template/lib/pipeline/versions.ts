import { dependencies } from '../../package.json';

/** The CDK's command line that synthesizes here also updates the pipeline; unpinned it would be whatever npm calls the latest. */
export const CDK_CLI_VERSION = dependencies['aws-cdk'];

/** Publishes assets, should the stages ever have any. It must read the asset manifests that this aws-cdk-lib writes. */
export const CDK_ASSETS_CLI_VERSION = '4.7.3';
