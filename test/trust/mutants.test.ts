import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { AREAS } from '../../trust/mutants/areas';
import { faultsOf } from '../../trust/mutants/judge';
import { LIST, readList } from '../../trust/mutants/list';
import { oneLine } from '../../trust/mutants/report';
import { mutate } from '../../trust/mutants/run';
import { sized, tried } from '../../trust/sizes';

const listed = readList(readFileSync(join(PROJECT, LIST), 'utf8'));
const HOUR_MS = 60 * 60 * 1000;

test('what is listed as surviving is in the code', () => {
  for (const { file, before } of listed) {
    expect(oneLine(readFileSync(join(PROJECT, file), 'utf8'))).toContain(before);
  }
});

test(
  'tests notice changes of the code, but for those that are listed with a reason',
  async () => {
    let mutants = 0;
    const faults: string[] = [];
    for (const area of AREAS.slice(0, sized(0, AREAS.length))) {
      const score = await mutate(area, true);
      mutants += score.mutants;
      faults.push(...faultsOf(area.id, score, listed));
    }
    expect(faults).toEqual([]);
    tried('mutants', mutants);
  },
  sized(5_000, 2 * HOUR_MS),
);
