/**
 * Says lines with the seconds since it was made: `  12.3 s  setup: installing`.
 *
 * @param subject what the lines are about, or nothing
 * @param write where they go
 */
export function progress(
  subject?: string,
  write: (text: string) => void = (text) => void process.stdout.write(text),
): (line: string) => void {
  const start = performance.now();
  return (line) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    write(`${seconds} s  ${subject ? `${subject}: ` : ''}${line}\n`);
  };
}
