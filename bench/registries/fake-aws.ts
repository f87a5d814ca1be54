import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ListedPackage } from '../../lambda/shared/packages/model-package';
import type { Verified } from '../../lambda/shared/store/ledger';
import { listen, type Server } from '../servers/listen';

/** What an account holds that is to be scanned. */
export interface Account {
  readonly secret: string;
  readonly enrolled: readonly string[];
  readonly packages: readonly (ListedPackage & { readonly groupName: string })[];
  /** By model; tests and measurements write it between two scans. */
  readonly ledger: Map<string, Verified>;
}

/** A server that answers what a scan asks of AWS, in the pages that AWS has, and counts the calls. */
export interface FakeAws extends Server {
  /** Calls by action since the last {@link reset}. */
  readonly calls: ReadonlyMap<string, number>;
  /** Objects that were put, by path. */
  readonly objects: ReadonlyMap<string, string>;
  reset(): void;
}

/** The most packages of a page (API_ListModelPackages). */
const PACKAGES_PER_PAGE = 100;
/** About what 1 MB holds, where DynamoDB ends a page (API_Query). */
const ITEMS_PER_PAGE = 3_000;

type Body = Record<string, unknown>;

export async function startFakeAws(account: Account): Promise<FakeAws> {
  const calls = new Map<string, number>();
  const objects = new Map<string, string>();
  const server = createServer((request, response) => {
    void answer(request, response, account, calls, objects).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return { ...(await listen(server)), calls, objects, reset: () => calls.clear() };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  account: Account,
  calls: Map<string, number>,
  objects: Map<string, string>,
): Promise<void> {
  const body = await text(request);
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const target = String(request.headers['x-amz-target'] ?? '');
  const action = target.split('.').at(-1) || `${request.method} object`;
  calls.set(action, (calls.get(action) ?? 0) + 1);
  if (target === '') {
    if (request.method === 'PUT') {
      objects.set(path, body);
      response.writeHead(200, { etag: '"any"' }).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(objects.get(path));
    }
    return;
  }
  const answered = JSON.stringify(answerOf(action, JSON.parse(body) as Body, account));
  response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' }).end(answered);
}

function answerOf(action: string, input: Body, { secret, enrolled, packages, ledger }: Account): Body {
  switch (action) {
    case 'GetSecretValue':
      return { SecretString: secret };
    case 'GetParameters':
      return { Parameters: [], InvalidParameters: input.Names };
    case 'ListModelPackages':
      return packagesPage(packages, input);
    case 'Query': {
      const { ':pk': pk } = input.ExpressionAttributeValues as Record<string, { S: string }>;
      const items = pk?.S === 'ENROLMENT' ? enrolled.map(enrolmentItem) : [...ledger].map(ledgerItem);
      return itemsPage(items, input.ExclusiveStartKey as { position?: { N: string } } | undefined);
    }
    default:
      throw new Error(`the scan is not known to call ${action}`);
  }
}

function packagesPage(packages: Account['packages'], { NextToken, ModelPackageGroupName }: Body): Body {
  const wanted = ModelPackageGroupName
    ? packages.filter(({ groupName }) => groupName === ModelPackageGroupName)
    : packages;
  const start = Number(NextToken ?? 0);
  const end = start + PACKAGES_PER_PAGE;
  return {
    ModelPackageSummaryList: wanted
      .slice(start, end)
      .map(({ arn, groupName, creationTime, status, approvalStatus }) => ({
        ModelPackageArn: arn,
        ModelPackageGroupName: groupName,
        ModelPackageVersion: Number(arn.split('/').at(-1)),
        CreationTime: creationTime / 1000,
        ModelPackageStatus: status,
        ModelApprovalStatus: approvalStatus,
      })),
    ...(end < wanted.length ? { NextToken: String(end) } : {}),
  };
}

function itemsPage(items: Body[], startKey: { position?: { N: string } } | undefined): Body {
  const start = Number(startKey?.position?.N ?? 0);
  const end = start + ITEMS_PER_PAGE;
  return {
    Items: items.slice(start, end),
    Count: Math.min(ITEMS_PER_PAGE, items.length - start),
    ...(end < items.length ? { LastEvaluatedKey: { position: { N: String(end) } } } : {}),
  };
}

function enrolmentItem(name: string): Body {
  return { pk: { S: 'ENROLMENT' }, sk: { S: name }, status: { S: 'active' } };
}

function ledgerItem([name, { desired, present, verifiedAt, kept }]: readonly [string, Verified]): Body {
  const verified = {
    desired: { S: desired },
    present: { S: present },
    verifiedAt: { N: String(verifiedAt) },
    kept: { N: String(kept) },
  };
  return { pk: { S: 'VERIFIED' }, sk: { S: name }, revision: { N: '1' }, verified: { M: verified } };
}
