import type { Caller } from '../aws-json/caller';

/** What keeps the resources of accounts and regions apart in one map. */
export function keyOf({ account, region }: Caller, name: string): string {
  return `${account}/${region}/${name}`;
}
