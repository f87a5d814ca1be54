import { devDependencies } from '../../package.json';

/** The versions of the CDK's tools that this project is tested with: the pipeline installs exactly these. */
export const CDK_CLI_VERSION = devDependencies['aws-cdk'];
export const CDK_ASSETS_CLI_VERSION = devDependencies['cdk-assets'];
