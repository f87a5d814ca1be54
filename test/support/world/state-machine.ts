import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import jsonata from 'jsonata';

/** A state of the synthesized definition, as far as it is run here. What is not known is refused. */
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Resource?: string;
  readonly Arguments?: Json;
  readonly Output?: Json;
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly ItemReader?: { readonly Arguments: Json };
  readonly ItemProcessor?: Machine;
  readonly MaxConcurrency?: number;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly Next: string;
    readonly Output?: Json;
  }[];
  readonly Error?: string;
  readonly Cause?: Json;
}

/** A state machine, or the part of one that a map runs for each item. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

type Json = unknown;

/** An update of the table in DynamoDB's own words, as Step Functions sends it. */
export type ItemUpdate = Pick<
  UpdateItemCommandInput,
  'Key' | 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'
>;

/** An event of a sync, as far as it is looked at here. */
export interface EventEntry {
  readonly Detail: { readonly ModelName: string; readonly ModelPackageGroupName: string };
}

/** How a state machine reaches what is outside of it. */
export interface Services {
  /** @throws the function's error */
  readonly invoke: (functionId: string, payload: Json) => Promise<Json>;
  /** Runs another execution to its end. @throws StateError when it does not succeed */
  readonly startAndWait: (name: string, input: Json) => Promise<Json>;
  readonly readObject: (key: string) => Promise<string>;
  readonly putEvents: (entries: readonly EventEntry[]) => Promise<void>;
  /** @throws the table's error, by the name that DynamoDB gives it */
  readonly updateItem: (input: ItemUpdate) => Promise<void>;
  /** Milliseconds since the epoch; later each time. */
  readonly now: () => number;
  /** Throws when the execution was stopped. */
  readonly alive: () => void;
}

/** What a state fails with. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    override readonly cause: string,
  ) {
    super(`${error}: ${cause}`);
  }
}

/** An execution that somebody stopped, which no state catches. */
export class Stopped extends Error {}

export interface Execution {
  readonly id: string;
  readonly name: string;
  readonly input: Json;
  readonly stateMachine: string;
}

/**
 * Runs the definition that is deployed, state by state, with its JSONata, retries and catches: waits between tries take no time.
 *
 * @throws StateError when it fails
 */
export async function run(
  machine: Machine,
  input: Json,
  execution: Execution,
  services: Services,
  item?: Json,
): Promise<Json> {
  let name = machine.StartAt;
  let value = input;
  for (;;) {
    services.alive();
    const state = machine.States[name];
    if (state === undefined) {
      throw new Error(`there is no state ${name}`);
    }
    const scope: Scope = {
      input: value,
      context: {
        Execution: { Id: execution.id, Name: execution.name, Input: execution.input },
        StateMachine: { Id: execution.stateMachine },
        State: { Name: name, EnteredTime: new Date(services.now()).toISOString() },
        ...(item === undefined ? {} : { Map: { Item: { Value: item } } }),
      },
    };
    const step = await runState(state, scope, execution, services);
    value = step.output;
    if (step.next === undefined) {
      return value;
    }
    name = step.next;
  }
}

interface Scope {
  readonly input: Json;
  readonly context: Record<string, Json>;
  readonly result?: Json;
  readonly errorOutput?: Json;
}

type Step = { readonly output: Json; readonly next: string | undefined };

async function runState(state: State, scope: Scope, execution: Execution, services: Services): Promise<Step> {
  switch (state.Type) {
    case 'Pass':
      return {
        output: state.Output === undefined ? scope.input : await evaluated(state.Output, scope),
        next: state.Next,
      };
    case 'Succeed':
      return {
        output: state.Output === undefined ? scope.input : await evaluated(state.Output, scope),
        next: undefined,
      };
    case 'Fail':
      throw new StateError(state.Error ?? '', String(await evaluated(state.Cause, scope)));
    case 'Choice': {
      for (const { Condition, Next } of state.Choices ?? []) {
        if ((await evaluated(Condition, scope)) === true) {
          return { output: scope.input, next: Next };
        }
      }
      return { output: scope.input, next: state.Default };
    }
    case 'Task':
    case 'Map':
      return tried(state, scope, services, () =>
        state.Type === 'Task' ? runTask(state, scope, services) : runMap(state, scope, execution, services),
      );
    default:
      throw new Error(`a state ${state.Type} is not known here`);
  }
}

/** A task or map with its retries and catches. */
async function tried(state: State, scope: Scope, services: Services, work: () => Promise<Json>): Promise<Step> {
  const tries = new Map<object, number>();
  for (;;) {
    try {
      const result = await work();
      const output = state.Output === undefined ? result : await evaluated(state.Output, { ...scope, result });
      return { output, next: state.Next };
    } catch (error) {
      if (error instanceof Stopped) {
        throw error;
      }
      services.alive();
      const { error: name, cause } = asStateError(error);
      const retry = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, name));
      const before = retry === undefined ? 0 : (tries.get(retry) ?? 0);
      if (retry !== undefined && before < retry.MaxAttempts) {
        tries.set(retry, before + 1);
        continue;
      }
      const caught = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, name));
      if (caught === undefined) {
        throw new StateError(name, cause);
      }
      const errorOutput = { Error: name, Cause: cause };
      const output =
        caught.Output === undefined ? errorOutput : await evaluated(caught.Output, { ...scope, errorOutput });
      return { output, next: caught.Next };
    }
  }
}

async function runTask({ Resource = '', Arguments }: State, scope: Scope, services: Services): Promise<Json> {
  const given = (await evaluated(Arguments, scope)) as Record<string, Json>;
  if (Resource.endsWith(':lambda:invoke')) {
    return { Payload: await services.invoke(String(given.FunctionName).split(':').at(-1) ?? '', given.Payload) };
  }
  if (Resource.endsWith(':states:startExecution.sync:2')) {
    return { Output: await services.startAndWait(String(given.Name), given.Input) };
  }
  if (Resource.endsWith(':events:putEvents')) {
    await services.putEvents(given.Entries as EventEntry[]);
    return {};
  }
  if (Resource.endsWith(':dynamodb:updateItem')) {
    await services.updateItem(given as ItemUpdate).catch(({ name, message }: Error) => {
      throw new StateError(`DynamoDB.${name}`, message);
    });
    return {};
  }
  throw new Error(`${Resource} is not known here`);
}

async function runMap(state: State, scope: Scope, execution: Execution, services: Services): Promise<Json> {
  const processor = state.ItemProcessor ?? { StartAt: '', States: {} };
  const items = (
    state.ItemReader === undefined
      ? await evaluated(state.Items, scope)
      : JSON.parse(
          await services.readObject(
            String(((await evaluated(state.ItemReader.Arguments, scope)) as { Key: string }).Key),
          ),
        )
  ) as Json[];
  const results: Json[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const inItem = { ...scope, context: { ...scope.context, Map: { Item: { Value: items[index], Index: index } } } };
      const input = state.ItemSelector === undefined ? items[index] : await evaluated(state.ItemSelector, inItem);
      results[index] = await run(processor, input, execution, services, items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(state.MaxConcurrency ?? 40, items.length) }, worker));
  return results;
}

/** `States.ALL` is any error; `States.TaskFailed` any but a time-out (docs.aws.amazon.com/step-functions, Handling errors). */
function matches(errorEquals: readonly string[], name: string): boolean {
  return errorEquals.some((one) => one === name || one === 'States.ALL' || one === 'States.TaskFailed');
}

/** A function's error as Step Functions sees it. */
function asStateError(error: unknown): { error: string; cause: string } {
  if (error instanceof StateError) {
    return { error: error.error, cause: error.cause };
  }
  const { name, message } = error as Error;
  return { error: name, cause: JSON.stringify({ errorMessage: message, errorType: name, trace: [] }) };
}

const compiled = new Map<string, ReturnType<typeof jsonata>>();

/** A value with all expressions in it evaluated. */
async function evaluated(value: Json, scope: Scope): Promise<Json> {
  if (typeof value === 'string') {
    const [, text] = /^\{%([\s\S]*)%\}$/.exec(value) ?? [];
    return text === undefined ? value : plain(await expression(text).evaluate({}, { states: scope }));
  }
  if (Array.isArray(value)) {
    return Promise.all(value.map((one) => evaluated(one, scope)));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(async ([key, one]) => [key, await evaluated(one, scope)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
  return value;
}

function expression(text: string): ReturnType<typeof jsonata> {
  const found = compiled.get(text) ?? jsonata(text);
  compiled.set(text, found);
  return found;
}

/** Without what JSONata adds to its arrays, and without what is undefined, as it is between two states. */
function plain(value: Json): Json {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
