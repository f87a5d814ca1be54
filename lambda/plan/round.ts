import type { Plan } from './plan';

/**
 * Actions of one round. What they come to passes between states, which hold 256 KiB, with up to a kilobyte of a reason for each
 * (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html). And the rounds of one execution stay far below the 25,000
 * events that a history holds: an action makes some twenty.
 */
export const ROUND_MAX = 100;

type Actions = Omit<Plan, 'gone' | 'keep'>;

/** As much of a plan as one round does, in the order in which it is done: what replaces comes before what goes. */
export function takeRound(plan: Actions): Actions & { readonly left: number } {
  let room = ROUND_MAX;
  const take = <Action>(actions: readonly Action[]): Action[] => {
    const taken = actions.slice(0, room);
    room -= taken.length;
    return taken;
  };
  const [create, update, deletions] = [take(plan.create), take(plan.update), take(plan.delete)];
  const all = plan.create.length + plan.update.length + plan.delete.length;
  return { create, update, delete: deletions, left: all - (ROUND_MAX - room) };
}
