import { join } from 'node:path';

/** This project's folder. */
export const PROJECT = join(__dirname, '..');
/** The application that each model's repository begins with. */
export const PRODUCT_TEMPLATE = join(PROJECT, 'product-template');
/** The released versions of the product, a folder for each. */
export const PRODUCT_VERSIONS = join(PROJECT, 'product-versions');
