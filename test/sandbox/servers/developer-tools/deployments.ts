import type { Resource } from '../cloudformation/stacks';

/** A parameter as a template has it. */
export function parameter(value: unknown): Resource {
  return { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: value } };
}

/** The template of the stack that a pipeline deploys: a parameter, and its value as the output. */
export function deployed(value: string): string {
  return JSON.stringify({
    Parameters: { Suffix: { Type: 'String', Default: 'none' } },
    Resources: { Parameter: parameter({ 'Fn::Sub': `${value} \${Suffix}` }) },
    Outputs: { Value: { Value: { 'Fn::GetAtt': ['Parameter', 'Value'] } } },
  });
}

/** What an action is told that makes or executes a change set. */
export function changeSet(stackName: string, mode: string, more: object = {}): Readonly<Record<string, unknown>> {
  return { StackName: stackName, ChangeSetName: 'change', ActionMode: mode, ...more };
}
