import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A shape of a service model as botocore ships it; only the traits that the stand-ins enforce. */
export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** A member of a structure; `location` says where a REST protocol puts it, when that is not the body. */
export interface Member {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}

/** One operation: the names of its input and output shapes. */
export interface Operation {
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
}

/** A service model: what every operation takes and answers. */
export interface ServiceModel {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const FIND_BOTOCORE = 'import importlib.util, os; print(os.path.dirname(importlib.util.find_spec("botocore").origin))';

/**
 * Reads the newest model of a service from the botocore of an interpreter, so that the constraints are AWS's own and never retyped.
 *
 * @param python path of an interpreter that has botocore
 * @param service botocore's name of the service, as `sagemaker-runtime`
 * @throws Error when the interpreter cannot be run or has no botocore, or botocore does not know the service
 */
export async function loadServiceModel(python: string, service: string): Promise<ServiceModel> {
  const folder = join(await botocoreFolder(python), 'data', service);
  const newest = (await readdir(folder)).sort().at(-1) ?? '';
  return JSON.parse(await readModel(join(folder, newest, 'service-2.json'))) as ServiceModel;
}

async function botocoreFolder(python: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(python, ['-I', '-c', FIND_BOTOCORE]);
    return stdout.trim();
  } catch (cause) {
    throw new Error(`${python} cannot say where its botocore is: give an interpreter that has botocore installed.`, {
      cause,
    });
  }
}

/** botocore ships its models gzipped in wheels and plain in some distributions. */
async function readModel(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return (await promisify(gunzip)(await readFile(`${path}.gz`))).toString('utf8');
  }
}

/** A shape by name. @throws Error when the model does not have it, which means that the model itself is broken */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`The service model has no shape ${name}.`);
  return shape;
}

/** The shape of a structure's member by name, or undefined when it has no such member. */
export function memberOf(shape: Shape, name: string): string | undefined {
  // A request chooses the names: `constructor` is a member of every object, and of no shape.
  return shape.members && Object.hasOwn(shape.members, name) ? shape.members[name]?.shape : undefined;
}
