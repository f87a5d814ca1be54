import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import type { Valid } from '../../aws-json/valid';

/** A pipeline's definition, after the service model has been enforced. */
export type Definition = Valid<PipelineDeclaration>;
export type Stage = Valid<StageDeclaration>;
export type Action = Valid<ActionDeclaration>;

/** When an action runs within its stage (API_ActionDeclaration: 1 by default). */
export function runOrderOf({ runOrder }: Action): number {
  return runOrder ?? 1;
}

/** The actions of a stage that run together, in the order of these groups. */
export function actionGroups({ actions }: Stage): Action[][] {
  const orders = [...new Set(actions.map(runOrderOf))].sort((a, b) => a - b);
  return orders.map((order) => actions.filter((action) => runOrderOf(action) === order));
}
