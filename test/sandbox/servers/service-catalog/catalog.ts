import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeRecordCommand,
  type DescribeRecordOutput,
  type RecordDetail,
  ServiceCatalogClient,
} from '@aws-sdk/client-service-catalog';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ResourceHandler } from '../../../../sandbox/aws-json/cloudformation';
import { type ListeningServer, startServer } from '../../../../sandbox/aws-json/server';
import { loadServiceModel } from '../../../../sandbox/aws-json/service-model';
import type { SandboxEnv } from '../../../../sandbox/cli/context';
import { until } from '../../../../sandbox/demo/until';
import { clientConfig } from '../../../../sandbox/deploy/clients';
import type { Part } from '../../../../sandbox/processes/part';
import { freePorts } from '../../../../sandbox/processes/ports';
import { type ServiceCatalog, serviceCatalog } from '../../../../sandbox/service-catalog';
import { ACCOUNT, Stacks } from '../cloudformation/stacks';
import { NOWHERE, startMiniStack } from '../parts';
import { requirePython } from '../sagemaker/stage';

const BUCKET = 'templates';
export const LAUNCH_ROLE = `arn:aws:iam::${ACCOUNT}:role/launch`;
/** Who is associated with the portfolio. */
export const SCIENTIST = `arn:aws:iam::${ACCOUNT}:role/team/scientist`;

/** A resource that fails or takes its time as a test says; every product of the tests has one. */
interface Thing {
  /** What making or changing it waits for, and the message to refuse with. */
  answer: () => Promise<string | undefined> | string | undefined;
}

/** Service Catalog on a real MiniStack, with a bucket for templates. */
export interface Catalog {
  readonly thing: Thing;
  readonly stacks: Stacks;
  readonly client: ServiceCatalogClient;
  readonly log: string[];
  /** The addresses of an account's environment file. */
  readonly env: SandboxEnv;
  /** A client with the session of a role. */
  asRole(roleArn: string): Promise<ServiceCatalogClient>;
  /** Stores a template. @returns its address in AWS */
  upload(key: string, text: string): Promise<string>;
  /** Waits for the end of a record. */
  ended(record: RecordDetail | undefined): Promise<DescribeRecordOutput & { RecordDetail: RecordDetail }>;
  close(): Promise<void>;
}

export async function openCatalog(): Promise<Catalog> {
  const [port = 0] = await freePorts(1);
  const ministack = await startMiniStack({ developerToolsUrl: `http://127.0.0.1:${port}` });
  try {
    return await open(ministack, port);
  } catch (error) {
    await ministack.stop();
    throw error;
  }
}

async function open(ministack: Part, port: number): Promise<Catalog> {
  const awsEndpoint = ministack.spec.url;
  const log: string[] = [];
  const thing: Thing = { answer: () => undefined };
  const model = await loadServiceModel(requirePython(), 'servicecatalog');
  const catalog = serviceCatalog({ model, awsEndpoint, log: (line) => log.push(line) });
  const resources = new Map([...catalog.resources, ['AWS::CodeCommit::Repository', thingResource(thing)] as const]);
  const server = await startServer({
    port,
    awsEndpoint,
    log: () => undefined,
    endpoints: [catalog.endpoint],
    resources: () => resources,
  });
  const config = clientConfig(awsEndpoint, ACCOUNT);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const clients = [new ServiceCatalogClient({ ...config, endpoint: server.url })];
  const [client] = clients as [ServiceCatalogClient];
  const stacks = new Stacks(awsEndpoint);
  return {
    thing,
    stacks,
    client,
    log,
    env: environment(awsEndpoint, server.url),
    async asRole(roleArn) {
      const sts = new STSClient(config);
      const answer = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'ada' }));
      sts.destroy();
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = answer.Credentials ?? {};
      const credentials = { accessKeyId, secretAccessKey };
      const session = new ServiceCatalogClient({ ...config, endpoint: server.url, credentials });
      clients.push(session);
      return session;
    },
    async upload(key, text) {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: text }));
      return `https://s3.us-east-1.amazonaws.com/${BUCKET}/${key}`;
    },
    ended: (record) =>
      until(`the end of ${record?.RecordType}`, async () => {
        const described = await client.send(new DescribeRecordCommand({ Id: record?.RecordId }));
        const { RecordDetail } = described;
        return ['SUCCEEDED', 'FAILED'].includes(RecordDetail?.Status ?? '') && RecordDetail
          ? { ...described, RecordDetail }
          : undefined;
      }),
    close: () => closeAll(catalog, server, ministack, [...clients, s3, stacks.client]),
  };
}

async function closeAll(
  catalog: ServiceCatalog,
  server: ListeningServer,
  ministack: Part,
  clients: readonly { destroy(): void }[],
): Promise<void> {
  await catalog.idle();
  for (const client of clients) client.destroy();
  await ministack.stop();
  await server.close();
}

/** What functions over a sandbox need of it here; the rest leads nowhere. */
function environment(ministack: string, catalog: string): SandboxEnv {
  return {
    MLFLOW_TRACKING_URI: NOWHERE,
    MLFLOW_SERVER_URI: NOWHERE,
    AWS_ENDPOINT_URL: ministack,
    AWS_ENDPOINT_URL_SAGEMAKER: NOWHERE,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: NOWHERE,
    AWS_ENDPOINT_URL_CODECOMMIT: NOWHERE,
    AWS_ENDPOINT_URL_CODEBUILD: NOWHERE,
    AWS_ENDPOINT_URL_CODEPIPELINE: NOWHERE,
    AWS_ENDPOINT_URL_SERVICE_CATALOG: catalog,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    WEBHOOK_URL: NOWHERE,
    WEBHOOK_SECRET: 'secret',
    STATE_MACHINE_ARN: '',
    ARTIFACT_BUCKET: '',
    REPOSITORIES: '',
    PYTHON: '',
  };
}

function thingResource(thing: Thing): ResourceHandler {
  const answered = async (physicalId: string) => {
    const refusal = await thing.answer();
    if (refusal) throw new Error(refusal);
    return { physicalId, attributes: {} };
  };
  return {
    create: ({ logicalId }) => answered(logicalId),
    update: ({ physicalId }) => answered(physicalId),
    delete: async ({ physicalId }) => void (await answered(physicalId)),
  };
}

/** The product's template: a role, whose capability somebody must acknowledge, and the thing. */
export function productTemplate(colour: string, parameter = 'Model'): string {
  return JSON.stringify({
    Parameters: {
      [parameter]: { Type: 'String', MaxLength: 20, AllowedPattern: '^[^/]+$', Description: 'Name of a model' },
      Size: { Type: 'Number', Default: 1 },
    },
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { Ref: parameter },
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'codebuild.amazonaws.com' } },
            ],
          },
        },
      },
      Thing: {
        Type: 'AWS::CodeCommit::Repository',
        Properties: { RepositoryName: { Ref: parameter }, RepositoryDescription: colour },
      },
    },
    Outputs: { Colour: { Value: colour, Description: 'The version' }, Model: { Value: { Ref: parameter } } },
  });
}

/** The catalog's stack: a portfolio with one product, launched by a role. */
export function catalogTemplate(versions: Readonly<Record<string, string>>, { productName = 'Deploy' } = {}): string {
  const portfolioAndProduct = { PortfolioId: { Ref: 'Portfolio' }, ProductId: { Ref: 'Product' } };
  return JSON.stringify({
    Resources: {
      Portfolio: {
        Type: 'AWS::ServiceCatalog::Portfolio',
        Properties: { DisplayName: 'Models', ProviderName: 'Platform' },
      },
      Product: {
        Type: 'AWS::ServiceCatalog::CloudFormationProduct',
        Properties: {
          Name: productName,
          Owner: 'Platform',
          ProvisioningArtifactParameters: Object.entries(versions).map(([Name, url]) => ({
            Name,
            DisableTemplateValidation: false,
            Info: { LoadTemplateFromURL: url },
          })),
        },
      },
      Association: { Type: 'AWS::ServiceCatalog::PortfolioProductAssociation', Properties: portfolioAndProduct },
      Launch: {
        Type: 'AWS::ServiceCatalog::LaunchRoleConstraint',
        DependsOn: ['Association'],
        Properties: { ...portfolioAndProduct, RoleArn: LAUNCH_ROLE, Description: 'Launched by a role' },
      },
      Access: {
        Type: 'AWS::ServiceCatalog::PortfolioPrincipalAssociation',
        Properties: { PortfolioId: { Ref: 'Portfolio' }, PrincipalARN: SCIENTIST, PrincipalType: 'IAM' },
      },
    },
    Outputs: {
      Product: { Value: { Ref: 'Product' } },
      Versions: { Value: { 'Fn::GetAtt': ['Product', 'ProvisioningArtifactIds'] } },
      Names: { Value: { 'Fn::GetAtt': ['Product', 'ProvisioningArtifactNames'] } },
      Name: { Value: { 'Fn::GetAtt': ['Product', 'ProductName'] } },
    },
  });
}
