import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { packageVersion, type RegisteredPackage, STEERING_METADATA } from '../deployable/deployable';
import { WrongInput } from '../wrong-input';

/** The file between reading the registry and synthesis. */
export const MODEL_PACKAGES_FILE = 'model-packages.json';

/** What was read from the SageMaker Model Registry, between reading and synthesis. */
export interface ModelPackagesFile {
  readonly groupName: string;
  readonly packages: readonly RegisteredPackage[];
}

/** Only what synthesis needs, in an order of its own: what does not change a template does not change the file either. */
export function modelPackagesText({ groupName, packages }: ModelPackagesFile): string {
  const lean = [...packages]
    .sort((one, other) => packageVersion(one.arn) - packageVersion(other.arn))
    .map(({ arn, approval, metadata, uncompressed }) => ({
      arn,
      approval,
      metadata: steering(metadata),
      ...(uncompressed ? { uncompressed } : {}),
    }));
  return `${JSON.stringify({ groupName, packages: lean }, null, 2)}\n`;
}

/** Writes the file that {@link readModelPackages} reads. */
export function writeModelPackages(path: string, content: ModelPackagesFile): void {
  writeFileSync(path, modelPackagesText(content));
}

/**
 * The packages that were found for a group.
 *
 * @throws WrongInput when they were not read yet, or for another group
 */
export function readModelPackages(path: string, groupName: string): readonly RegisteredPackage[] {
  const advice = `run \`GROUP_NAME=${groupName} npm run read-registry\``;
  if (!existsSync(path)) {
    throw new WrongInput(
      `${path} is missing: it says which packages there are in the SageMaker Model Registry; ${advice}`,
    );
  }
  const content = parsed(readFileSync(path, 'utf8'));
  if (content === undefined) {
    throw new WrongInput(`${path} was not written by read-registry: ${advice}`);
  }
  if (content.groupName !== groupName) {
    throw new WrongInput(`${path} has the packages of group "${content.groupName}", not of "${groupName}": ${advice}`);
  }
  return content.packages;
}

function steering(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const keys: string[] = Object.values(STEERING_METADATA);
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(([key]) => keys.includes(key))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function parsed(text: string): ModelPackagesFile | undefined {
  try {
    const content = JSON.parse(text) as Partial<ModelPackagesFile> | null;
    return content?.groupName !== undefined && Array.isArray(content.packages)
      ? (content as ModelPackagesFile)
      : undefined;
  } catch {
    // No JSON: the caller says what to do about it.
    return undefined;
  }
}
