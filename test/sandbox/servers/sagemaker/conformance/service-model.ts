import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A shape as botocore's loader gives it, with the traits that a request can break. */
export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** A reference to a shape; `location` says where the runtime's REST protocol puts it. */
export interface Member {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}

/** Shapes and inputs of a service, read by botocore itself and not by the stand-in that is tested. */
export class Model {
  private constructor(
    private readonly shapes: Readonly<Record<string, Shape>>,
    private readonly operations: Readonly<Record<string, { readonly input?: Member; readonly output?: Member }>>,
  ) {}

  static async load(python: string, service: string): Promise<Model> {
    const program = `import json, sys
from botocore.loaders import Loader
json.dump(Loader().load_service_model(sys.argv[1], 'service-2'), sys.stdout)`;
    const options = { maxBuffer: 100 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(python, ['-I', '-c', program, service], options);
    const { shapes, operations } = JSON.parse(stdout) as {
      shapes: Record<string, Shape>;
      operations: Record<string, { input?: Member; output?: Member }>;
    };
    return new Model(shapes, operations);
  }

  shape(name: string): Shape {
    const shape = this.shapes[name];
    if (!shape) throw new Error(`botocore's model has no shape ${name}.`);
    return shape;
  }

  /** The name of an action's input shape. */
  input(action: string): string {
    const name = this.operations[action]?.input?.shape;
    if (name === undefined) throw new Error(`botocore's model has no action ${action} with an input.`);
    return name;
  }

  /** The name of an action's output shape; undefined where it answers nothing. */
  output(action: string): string | undefined {
    return this.operations[action]?.output?.shape;
  }
}
