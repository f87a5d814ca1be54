import { AREAS } from './areas';
import { mutate } from './run';
async function main() {
  const ids = process.argv.slice(2);
  for (const area of AREAS.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
    await mutate(area, 1);
  }
}
main().catch((error) => { console.error(error); process.exit(1); });
