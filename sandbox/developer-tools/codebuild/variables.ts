import type { EnvironmentVariable } from '@aws-sdk/client-codebuild';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { Valid } from '../../aws-json/valid';
import type { Session } from '../aws/session';
import type { Buildspec } from './buildspec';

type Variable = Valid<EnvironmentVariable>;

/**
 * The variables that a build was given, by name: the call that starts a build counts before the project, the project before
 * the build specification (codebuild/latest/userguide/build-spec-ref.html). Values are taken literally.
 *
 * @param session of the project's service role, which may read the parameters
 * @throws Error that names the parameters that Parameter Store does not have
 */
export async function givenVariables(
  env: Buildspec['env'],
  ofProject: readonly Variable[],
  ofCall: readonly Variable[],
  session: Session,
): Promise<Record<string, string>> {
  const variables = new Map<string, Variable>();
  for (const [name, value] of Object.entries(env.variables)) variables.set(name, { name, value });
  for (const [name, value] of Object.entries(env['parameter-store'])) {
    variables.set(name, { name, value, type: 'PARAMETER_STORE' });
  }
  for (const variable of [...ofProject, ...ofCall]) variables.set(variable.name, variable);
  const all = [...variables.values()];
  const parameters = await readParameters(all.filter(isParameter), session);
  return Object.fromEntries(
    all.map((variable) => [
      variable.name,
      isParameter(variable) ? (parameters.get(variable.value) ?? '') : variable.value,
    ]),
  );
}

function isParameter({ type }: Variable): boolean {
  return type === 'PARAMETER_STORE';
}

async function readParameters(variables: readonly Variable[], session: Session): Promise<Map<string, string>> {
  if (variables.length === 0) return new Map();
  const Names = [...new Set(variables.map(({ value }) => value))];
  const answer = await session.ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
  const found = new Map((answer.Parameters ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));
  const missing = Names.filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`parameter does not exist: ${missing.join(', ')}`);
  return found;
}
