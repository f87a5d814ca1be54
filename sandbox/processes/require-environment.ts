/**
 * The value of an environment variable that the starter of a process sets.
 *
 * @throws Error that names the variable when it is missing
 */
export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is not set`);
  }
  return value;
}
