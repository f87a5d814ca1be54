import type { Node } from 'constructs';
import { z } from 'zod';
import { ENVIRONMENTS } from '../lambda/shared/environments';

/** An IAM name or path of a role or group, as in `role/<name>`. */
const principal = z.string().regex(/^[\w+=,.@/-]{1,512}$/, 'give the name of a role or group, not its ARN');

const source = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('codecommit') }),
  z.strictObject({
    type: z.literal('connection'),
    /** ARN of a CodeConnections connection that somebody has confirmed in the console. */
    connectionArn: z.string().startsWith('arn:'),
    /** `owner/name` as the provider has it. */
    repository: z.string().regex(/^[^/\s]+(\/[^/\s]+)+$/, 'give owner/name'),
    branch: z.string().min(1).default('main'),
  }),
]);

const keyArn = z
  .string()
  .regex(
    /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/,
    'give the ARN of a key, arn:aws:kms:<region>:<account>:key/<id>, not an alias',
  );

const artifactStore = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'give the name of a bucket, without s3:// and without a prefix'),
  prefix: z
    .string()
    .regex(/^(?![/])[^*?$]*(?<![/])$/, 'give a prefix that neither begins nor ends in / and is without * ? and $')
    .default(''),
  kmsKeyArn: keyArn.optional(),
});

const addressRange = z
  .string()
  .refine(
    (text) => z.cidrv4().or(z.cidrv6()).safeParse(text).success,
    'give a range of addresses in CIDR notation, such as 203.0.113.0/24 or 2001:db8::/32',
  );

const vpcEndpoint = z
  .string()
  .regex(
    /^vpce-[0-9a-f]{8,17}$/,
    'give the ID of an interface VPC endpoint of execute-api, such as vpce-0123456789abcdef0',
  );

const api = z
  .union(
    [
      z.literal('public'),
      z.strictObject({ allow: z.array(addressRange).min(1, 'name one range of addresses at least') }),
      z.strictObject({ vpcEndpoints: z.array(vpcEndpoint).min(1, 'name one VPC endpoint at least') }),
    ],
    'give "public", {"allow": ["<range of addresses>", ...]} or {"vpcEndpoints": ["vpce-...", ...]}',
  )
  .transform((given) => {
    if (given === 'public') {
      return { kind: 'public' as const };
    }
    return 'allow' in given
      ? { kind: 'addresses' as const, allow: given.allow }
      : { kind: 'private' as const, vpcEndpoints: given.vpcEndpoints };
  });

const approvalStatus = z.enum(['Approved', 'PendingManualApproval']).default('Approved');
const approvalKeys = ENVIRONMENTS.map(({ name }) => name.toLowerCase());

/** By environment what its packages begin as; out comes which environments want a person. */
const approval = z
  .strictObject(Object.fromEntries(approvalKeys.map((key) => [key, approvalStatus])), {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `its keys are environments: ${approvalKeys.join(' and ')}` : undefined,
  })
  .transform((statuses) =>
    ENVIRONMENTS.filter(({ name }) => statuses[name.toLowerCase()] !== 'Approved').map(({ name }) => name),
  );

/** An address without credentials: these would be in specifications, logs and the digest of each environment. */
const packageIndex = z
  .url({ protocol: /^https$/, error: 'give an address, https://...' })
  .refine(
    (text) => !/@/.test(text),
    'put the credentials into a secret and name it in mlflow-mlops:environment-index-secret',
  );

const settings = z.strictObject({
  pipeline: z.boolean(),
  source,
  access: z.strictObject({ roles: z.array(principal).default([]), groups: z.array(principal).default([]) }),
  'artifact-store': artifactStore.nullable(),
  'alarm-emails': z.array(z.email('give addresses of e-mail')),
  'runbook-url': z
    .url('give an address, https://...')
    .transform((text) => new URL(text).href)
    .nullable(),
  api,
  'kms-key': keyArn.nullable(),
  approval,
  'deletion-wait-hours': z.number().int().min(1).max(8760),
  'superseded-hours': z.number().int().min(1).max(8760),
  'environment-images': z.enum(['automatic', 'always', 'off']),
  'environment-indexes': z.array(packageIndex),
  'environment-index-secret': z
    .string()
    .regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/, 'give the name of a secret, not its ARN')
    .nullable(),
  'unreleased-product': z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]),
});

/** Where a registry keeps its files in S3, and this installation may read them. */
export type ArtifactStoreSetting = z.infer<typeof artifactStore>;

/** Who reaches the API that takes webhooks. */
export type ApiSetting = z.infer<typeof api>;

/** What people decide in cdk.json, below `mlflow-mlops`. */
export interface Settings {
  /** Whether the root stack has the pipeline `MLflow-MLOps`; without it, `cdk deploy` deploys the stages. */
  readonly pipeline: boolean;
  /** Where the pipeline takes this project's code from. */
  readonly source: z.infer<typeof source>;
  /** Who may provision the product. */
  readonly access: { readonly roles: readonly string[]; readonly groups: readonly string[] };
  /** Where files are read without the registry; absent where it is asked for all of them. */
  readonly artifactStore: ArtifactStoreSetting | undefined;
  /** Who is asked to confirm that alarms come by mail. */
  readonly alarmEmails: readonly string[];
  /** Where people read `docs/runbook.md`, for links in alarms; undefined where nobody said. */
  readonly runbookUrl: string | undefined;
  /** Who reaches the API that takes webhooks. */
  readonly api: ApiSetting;
  /** ARN of the key that encrypts what this installation keeps; absent where AWS's own do. */
  readonly kmsKeyArn: string | undefined;
  /** Names of the environments in which only what a person approved is deployed. */
  readonly manualApproval: readonly string[];
  /** How long MLflow must not list a version before its package is deleted without a confirmation, in hours. */
  readonly deletionWaitHours: number;
  /** Hours for which a superseded package is kept at least. */
  readonly supersededHours: number;
  /** When images with a model's own environment are used: if AWS's image does not serve it safely, for every model, or never. */
  readonly environmentImages: 'automatic' | 'always' | 'off';
  /** Package indexes that models may name in their requirements, besides PyPI. */
  readonly environmentIndexes: readonly string[];
  /** Name of the secret with the credentials of these indexes; undefined where they need none. */
  readonly environmentIndexSecret: string | undefined;
  /** Whether the product has a last version `Unreleased`, made of the working tree: for trying out, never for users. */
  readonly unreleasedProduct: boolean;
}

const DEFAULTS = {
  pipeline: true,
  source: { type: 'codecommit' },
  access: {},
  'artifact-store': null,
  'alarm-emails': [],
  'runbook-url': null,
  api: 'public',
  'kms-key': null,
  approval: {},
  'deletion-wait-hours': 72,
  'superseded-hours': 24,
  'environment-images': 'automatic',
  'environment-indexes': [],
  'environment-index-secret': null,
  'unreleased-product': false,
};

/**
 * The settings of an app: each from the context `mlflow-mlops:<name>`, which `-c` can set for one run and cdk.json for good (a
 * value of `-c` is gone at the pipeline's next self-mutation).
 *
 * @throws Error that names each wrong key, its value and what is allowed
 */
export function settingsOf(node: Node): Settings {
  const given = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, standard]) => [
      name,
      parsed(node.tryGetContext(`mlflow-mlops:${name}`) ?? standard),
    ]),
  );
  const result = settings.safeParse(given);
  if (!result.success) {
    const wrong = result.error.issues.map(({ path: [name, ...below], message }) => {
      const where = [`mlflow-mlops:${String(name)}`, ...below].join('.');
      return `${where} (${JSON.stringify(given[String(name)])}): ${message}`;
    });
    throw new Error(`wrong context, see docs/configuration.md: ${wrong.join('; ')}`);
  }
  for (const [name, value] of Object.entries(result.data)) {
    // CodePipeline cannot prepare a large template that has anything else (github.com/aws/aws-cdk/issues/12372).
    if (/[^ -~]/.test(JSON.stringify(value))) {
      throw new Error(
        `wrong context, see docs/configuration.md: mlflow-mlops:${name} (${JSON.stringify(value)}): use ASCII characters only`,
      );
    }
  }
  const { pipeline, source: from, access, ...others } = result.data;
  return {
    ...{ pipeline, source: from, access },
    artifactStore: others['artifact-store'] ?? undefined,
    api: others.api,
    kmsKeyArn: others['kms-key'] ?? undefined,
    manualApproval: others.approval,
    deletionWaitHours: others['deletion-wait-hours'],
    supersededHours: others['superseded-hours'],
    environmentImages: others['environment-images'],
    environmentIndexes: others['environment-indexes'],
    environmentIndexSecret: others['environment-index-secret'] ?? undefined,
    alarmEmails: others['alarm-emails'],
    runbookUrl: others['runbook-url'] ?? undefined,
    unreleasedProduct: others['unreleased-product'],
  };
}

/** `-c` gives text, cdk.json gives JSON. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
