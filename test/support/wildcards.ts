import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';
import { type IdentityPolicy, plainId } from './identity-policies';
import { actionsOf, resourcesOf, type Statement } from './policies';

/** A row of the table of wildcards, as far as templates make it: its last cell is the reason. */
export type Row = `| ${string} | ${string} |`;

/**
 * What policies allow by wildcards, as rows of a table in Markdown: the resource, with the condition under which it is allowed, and
 * who may do what there. A resource of `*` has a row for each holder, any other one row for all of them.
 */
export function wildcardRows(policies: readonly IdentityPolicy[]): Row[] {
  const groups = new Map<string, Map<string, Set<string>>>();
  for (const { holder, document } of policies) {
    for (const statement of document.Statement) {
      for (const resource of wildcardsOf(statement)) {
        const key = resource.startsWith('*') ? `${resource}\n${holder}\n${actionsOf(statement).join()}` : resource;
        const holders = groups.get(key) ?? new Map<string, Set<string>>();
        groups.set(key, holders);
        holders.set(holder, new Set([...(holders.get(holder) ?? []), ...actionsOf(statement)]));
      }
    }
  }
  const rows = [...groups].map(([key, holders]): Row => {
    const who = [...holders].sort().map(([holder, actions]) => `\`${holder}\`: ${[...actions].sort().join(', ')}`);
    return `| \`${key.split('\n')[0] ?? ''}\` | ${who.join('<br>')} |`;
  });
  return [...new Set(rows)].sort();
}

/** The resources of a statement that stand for more than themselves, or all of them where an action does. */
function wildcardsOf(statement: Statement): string[] {
  const all = actionsOf(statement).some((action) => action.includes('*'));
  const condition = statement.Condition === undefined ? '' : ` if ${shownCondition(statement.Condition)}`;
  const shown = resourcesOf(statement).map((resource) => shownResource(flattenCfnReference(resource)));
  return [...new Set(shown)]
    .filter((resource) => all || resource.includes('*') || resource.includes('?'))
    .map((resource) => resource + condition);
}

/** As people read it: without what CDK adds to ids, and one name for what many have of their own. */
function shownResource(resource: string): string {
  const text = resource
    .replaceAll('<AWS::Partition>', 'aws')
    .replaceAll('<AWS::Region>', 'REGION')
    .replaceAll('<AWS::AccountId>', 'ACCOUNT')
    // The name in an ARN, which CDK takes out of it.
    .replace(/\{"Fn::Select":\[6,\{"Fn::Split":\[":",\{"Ref":"(\w+)"\}\]\}\]\}/g, '<$1.Name>')
    .replace(/<SsmParameterValue\w+>/g, "<the registry's>")
    .replace(/(?<=\/aws\/codebuild\/|report-group\/)<\w+>/, '<its own>')
    .replace(/<(\w+)(?:\.(\w+))?>/g, (_all, id: string, attribute?: string) =>
      attribute === undefined || attribute === 'Arn' ? `<${plainId(id)}>` : `<${plainId(id)}.${attribute}>`,
    );
  return /^<\w+>:\*$/.test(text) ? '<function>:*' : text;
}

function shownCondition(condition: NonNullable<Statement['Condition']>): string {
  return Object.values(condition)
    .flatMap((block) => Object.entries(block))
    .map(
      ([key, value]) =>
        `${key} = ${[value]
          .flat()
          .map((one) => shownResource(flattenCfnReference(one)))
          .join(' or ')}`,
    )
    .join(' and ');
}
