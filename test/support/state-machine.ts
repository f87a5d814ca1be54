import type { Template } from 'aws-cdk-lib/assertions';

/** A state of Amazon States Language, as far as tests look at it. */
export interface AslState {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Catch?: readonly { readonly ErrorEquals: string[]; readonly Next: string }[];
  readonly Retry?: readonly {
    readonly ErrorEquals: string[];
    readonly JitterStrategy?: string;
    readonly BackoffRate?: number;
  }[];
  readonly MaxConcurrency?: number;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Default?: string;
  readonly ItemProcessor?: { readonly States: Record<string, AslState> };
}

/**
 * The definition of one of the template's state machines; references to resources become their logical ids.
 *
 * @param of what its logical id begins with
 */
export function definitionOf(template: Template, of = 'Sync'): { text: string; states: Map<string, AslState> } {
  const machines = Object.entries(template.findResources('AWS::StepFunctions::StateMachine'));
  const [, machine] = machines.find(([id]) => id.startsWith(of)) ?? [];
  if (machine === undefined) {
    throw new Error(`the template has no state machine ${of}`);
  }
  const [, parts] = machine.Properties.DefinitionString['Fn::Join'] as [string, unknown[]];
  const text = parts.map((part) => (typeof part === 'string' ? part : idOf(part))).join('');
  const states = new Map<string, AslState>();
  collect(JSON.parse(text).States, states);
  return { text, states };
}

function idOf(reference: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = reference as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  // A real ARN's shape, so that validators of the language take it.
  return Ref === 'AWS::Partition' ? 'aws' : `arn:aws:lambda:us-east-1:111111111111:function:${Ref ?? attribute?.[0]}`;
}

function collect(states: Record<string, AslState>, into: Map<string, AslState>): void {
  for (const [name, state] of Object.entries(states)) {
    into.set(name, state);
    collect(state.ItemProcessor?.States ?? {}, into);
  }
}
