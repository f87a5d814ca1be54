/**
 * The value of an environment variable that the stack sets.
 *
 * @param name the variable's name
 * @throws Error that names the variable when it is missing or empty: a wiring fault of the stack, never of the user
 */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`environment variable ${name} is not set: the stack that deploys this function must set it`);
  }
  return value;
}
