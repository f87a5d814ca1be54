import { join } from 'node:path';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';
import { reasonFor, WILDCARDS, wildcardsOf } from '../../lib/acknowledge';
import { MODEL_PIPELINE } from '../../lib/pipeline/acknowledge-pipeline';
import { PROJECT } from '../../lib/project';
import { everyTemplate } from './every-template';
import { type IdentityPolicy, identityPolicies } from './identity-policies';
import { actionsOf, type Statement } from './policies';

export const WILDCARDS_PAGE = join(PROJECT, 'docs', 'wildcards.md');

/** The page of wildcards with the table that the policies make: the text above the table stays. */
export function withTable(page: string, policies = everyTemplate().flatMap(identityPolicies)): string {
  return `${page.slice(0, page.indexOf('\n| --- ') + 1)}| --- | --- | --- |\n${wildcardRows(policies).join('')}`;
}

/** A row for each resource, condition and reason: with all roles that have it, and what each may do there. */
function wildcardRows(policies: readonly IdentityPolicy[]): string[] {
  const rows = new Map<string, Map<string, Set<string>>>();
  for (const policy of policies) {
    for (const statement of policy.document.Statement) {
      for (const resource of wildcardsOf(statement)) {
        const row = `| \`${shownResource(resource)}${shownCondition(statement)}\` |%| ${reasonOf(policy, resource)} |\n`;
        const holders = rows.get(row) ?? new Map<string, Set<string>>();
        rows.set(row, holders);
        holders.set(policy.holder, new Set([...(holders.get(policy.holder) ?? []), ...actionsOf(statement)]));
      }
    }
  }
  return [...rows].sort().map(([row, holders]) => {
    const who = [...holders].sort().map(([holder, actions]) => `\`${holder}\`: ${[...actions].sort().join(', ')}`);
    return row.replace('%', ` ${who.join('<br>')} `);
  });
}

/** @throws Error for a wildcard without a reason */
function reasonOf({ holder, template, metadata }: IdentityPolicy, resource: string): string {
  const reason = template.stack === 'product' ? reasonFor(MODEL_PIPELINE, resource) : metadata[WILDCARDS]?.[resource];
  if (!reason) {
    const fix = 'Add it to acknowledgeWildcards beside the construct, or to MODEL_PIPELINE for the product.';
    throw new Error(`No reason for the wildcard ${resource} of ${holder}. ${fix}`);
  }
  return reason;
}

/** As people read it: without what CDK adds to ids, and one name for what many have of their own. */
function shownResource(resource: string): string {
  return (
    resource
      .replaceAll('<AWS::Partition>', 'aws')
      .replaceAll('<AWS::Region>', 'REGION')
      .replaceAll('<AWS::AccountId>', 'ACCOUNT')
      // The name in an ARN, which CDK takes out of it.
      .replace(/\{"Fn::Select":\[6,\{"Fn::Split":\[":",\{"Ref":"(\w+)"\}\]\}\]\}/g, '<$1.Name>')
      .replace(/<SsmParameterValue\w+>/g, "<the registry's>")
      .replace(/(?<=\/aws\/codebuild\/|report-group\/)<\w+>/, '<its own>')
      .replace(/^<\w+\.Arn>:\*$/, '<function>:*')
      .replace(/(?:[0-9A-F]{8})?(?:\.Arn)?(?=[.>])/g, '')
  );
}

function shownCondition({ Condition = {} }: Statement): string {
  const keys = Object.values(Condition).flatMap((block) => Object.entries(block));
  const shown = keys.map(([key, value]) => `${key} = ${[value].flat().map(flattenCfnReference).join(' or ')}`);
  return shown.length > 0 ? shownResource(` if ${shown.join(' and ')}`) : '';
}
