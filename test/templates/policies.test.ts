import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../lib/project';
import { everyTemplate } from '../support/every-template';
import { type IdentityPolicy, identityPolicies } from '../support/identity-policies';
import { resolveIntrinsics } from '../support/resolve-intrinsics';
import { WILDCARDS_PAGE, withTable } from '../support/wildcards';

let policies: IdentityPolicy[];

beforeAll(() => {
  policies = everyTemplate().flatMap(identityPolicies);
}, 300_000);

describe('docs/wildcards.md', () => {
  test('is what `npm run docs:wildcards` writes: run it, and commit the page', () => {
    const page = readFileSync(WILDCARDS_PAGE, 'utf8');
    expect(page).toBe(withTable(page, policies));
  });

  test('cannot have a wildcard without a reason beside its construct', () => {
    const unexplained = policies.map((policy) => ({ ...policy, metadata: {} }));
    expect(() => withTable('', unexplained)).toThrow(
      /No reason for the wildcard .* acknowledgeWildcards beside the construct/,
    );
  });
});

interface LintFinding {
  readonly issue: string;
  readonly detail: unknown;
}

interface Known {
  readonly issue: string;
  /** Of what the linter names. */
  readonly detail: RegExp;
  /** Whose policies. */
  readonly of: RegExp;
  readonly why: string;
}

/** What parliament finds, and why it stays. */
const KNOWN: readonly Known[] = [
  {
    issue: 'RESOURCE_MISMATCH',
    detail: /"s3:ListAllMyBuckets"/,
    of: /Pipeline\w*Role$|BoundaryPolicy$/,
    why: 'CDK grants a bucket by s3:List*, which also stands for lists of the account: on a bucket these allow nothing.',
  },
  {
    issue: 'RESOURCE_MISMATCH',
    detail: /^\[\{"action":"s3:GetStorageLensConfiguration"[^}]*\}\]$/,
    of: /LaunchRole$|ModelRolesStack$/,
    why: 's3:Get*Configuration is for the configurations of a bucket; Storage Lens is none, so it allows nothing there.',
  },
  {
    issue: 'RESOURCE_MISMATCH',
    detail: /^\[\{"action":"states:DescribeExecution","required_format":"arn:\*:states:\*:\*:express:[^}]*\}\]$/,
    of: /(SyncStateMachine|FunctionsClaim)Role$/,
    why: 'Its data want an express execution as well as a standard one; this state machine has standard ones only.',
  },
  {
    issue: 'RESOURCE_MISMATCH',
    detail: /^\[\{"action":"codestar-connections:UseConnection"[^}]*\}\]$/,
    of: /SourceCodePipelineActionRole$/,
    why: "CDK grants a connection by the action's old name only; the new one is granted beside it.",
  },
  {
    issue: 'RESOURCE_STAR',
    detail: /^\["s3:ListBucket"\]$/,
    of: /SelfMutationRole$|BoundaryPolicy$/,
    why: 'The CDK command line looks for the bucket of the bootstrapping; the boundary allows what that policy grants.',
  },
  {
    issue: 'RESOURCE_STAR',
    detail: /^\["codebuild:BatchGetBuilds","codebuild:StartBuild","codebuild:StopBuild"\]$/,
    of: /PipelineAssetsFileRole$/,
    why: 'CDK Pipelines writes it for the role that starts and is the build which publishes assets.',
  },
  {
    issue: 'RESOURCE_STAR',
    detail: /^\["s3:GetObject"\]$/,
    of: /LaunchRole$/,
    why: "Service Catalog keeps templates in a bucket of its own, and asks for this right on what bears its tag (the condition's).",
  },
  {
    issue: 'RESOURCE_POLICY_PRIVILEGE_ESCALATION',
    detail: /on arn:aws:s3:::sc-\* due to s3:(PutObject|GetObject|DeleteObject) not being allowed/,
    of: /LaunchRole$/,
    why: 'Service Catalog alone takes this role, with templates that only the account can release: it makes buckets and never reads one.',
  },
  {
    issue: 'RESOURCE_POLICY_PRIVILEGE_ESCALATION',
    detail: /on arn:aws:s3:::sc-\* due to s3:(PutObject|GetObject|DeleteObject) not being allowed/,
    of: /ModelRolesStack$/,
    why: 'It manages the buckets of all pipelines of models: docs/security.md says that push permission covers all of them.',
  },
  {
    issue: 'MISMATCHED_TYPE_BUT_USABLE',
    detail: /^"Type mismatch: StringEquals requires a value of type String but given Arn"$/,
    of: /LaunchRole$|ModelRolesStack$/,
    why: 'iam:PermissionsBoundary is compared as a whole, without wildcards, as IAM documents it.',
  },
];

describe('parliament', () => {
  /** Policies that parliament must find fault with: what each is, its statement, and the finding. */
  const WRONG: [string, object, string][] = [
    ['an action that there is not', { Action: 's3:GetObjects', Resource: '*' }, 'UNKNOWN_ACTION'],
    [
      'a resource of another service',
      { Action: 's3:GetObject', Resource: 'arn:aws:s3:::a-bucket' },
      'RESOURCE_MISMATCH',
    ],
    [
      'a condition that the action does not know',
      {
        Action: 'iam:UpdateAssumeRolePolicy',
        Resource: 'arn:aws:iam::111111111111:role/SC-*',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::111111111111:policy/a-boundary' } },
      },
      'UNKNOWN_CONDITION_FOR_ACTION',
    ],
  ];

  /** @returns the findings of each policy */
  function lint(documents: readonly unknown[]): LintFinding[][] {
    const script = join(PROJECT, 'test', 'support', 'lint_policies.py');
    const run = spawnSync(process.env.PYTHON ?? '', [script], {
      input: JSON.stringify(documents),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (run.status !== 0) {
      throw new Error(`parliament ended with ${run.status}: ${run.stderr}`);
    }
    return JSON.parse(run.stdout) as LintFinding[][];
  }

  let found: (LintFinding & { readonly holder: string })[];
  /** The findings of each of {@link WRONG}. */
  let wrong: Map<string, LintFinding[]>;
  beforeAll(() => {
    const wrongDocuments = WRONG.map(([, statement]) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', ...statement }],
    }));
    const documents = policies.map(({ document, template }) => resolveIntrinsics(document, template.resources));
    // Most templates have equal policies, and the linter takes long for each.
    const texts = documents.map((document) => JSON.stringify(document));
    const distinct = [...new Set(texts)];
    const findings = lint([...wrongDocuments, ...distinct.map((text) => JSON.parse(text))]);
    wrong = new Map(WRONG.map(([what], index) => [what, findings[index] ?? []]));
    const byText = new Map(distinct.map((text, index) => [text, findings[WRONG.length + index] ?? []]));
    found = texts.flatMap((text, index) =>
      (byText.get(text) ?? []).map((finding) => ({ ...finding, holder: policies[index]?.holder ?? '' })),
    );
  }, 120_000);

  function isKnown({ issue, detail, holder }: (typeof found)[number], known: Known): boolean {
    return issue === known.issue && known.detail.test(JSON.stringify(detail)) && known.of.test(holder);
  }

  test('has nothing to say about any policy but what is known, with its reason', () => {
    expect(policies.length).toBeGreaterThan(100);
    expect(found.filter((one) => !KNOWN.some((known) => isKnown(one, known)))).toEqual([]);
  });

  test.each(KNOWN)('still finds $issue: $why', (known) => {
    expect(found.some((one) => isKnown(one, known))).toBe(true);
  });

  test.each(WRONG)('would find %s', (what, _statement, issue) => {
    expect(wrong.get(what)?.map((finding) => finding.issue)).toContain(issue);
  });
});
