import { everyProcess } from '../../../../sandbox/processes/process-table';

/** The processes whose command line has a text. */
export function processesWith(mark: string): string[] {
  return everyProcess()
    .map(({ command }) => command)
    .filter((command) => command.includes(mark));
}
