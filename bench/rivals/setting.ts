/** A setting of a rival's process. @throws Error that names it when it is not there */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is not set: the benchmark sets it`);
  }
  return value;
}
