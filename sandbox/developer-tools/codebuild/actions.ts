import type {
  BatchGetBuildsInput,
  ListBuildsForProjectInput,
  StartBuildInput,
  StopBuildInput,
} from '@aws-sdk/client-codebuild';
import type { Caller } from '../../aws-json/caller';
import type { Action } from '../../aws-json/service';
import type { Valid } from '../../aws-json/valid';
import { pageOf } from '../pages';
import type { Builds } from './builds';
import { checkVariable } from './check-project';
import { invalidInput, notInCodeBuild } from './errors';
import type { Projects } from './projects';

/** What CodeBuild's actions work with. */
export interface CodeBuildContext {
  readonly caller: Caller;
  readonly projects: Projects;
  readonly builds: Builds;
}

/** A page of ListBuildsForProject (API_ListBuildsForProject). */
const PAGE = 100;

/** The members of StartBuild that are here. */
const START_MEMBERS = ['projectName', 'environmentVariablesOverride', 'timeoutInMinutesOverride', 'idempotencyToken'];

/** StartBuild: a project that a pipeline builds is not built without it, since it has no source then. */
function startBuild(input: Valid<StartBuildInput>, { caller, projects, builds }: CodeBuildContext) {
  // Every other member would change the build unnoticed if it was left out.
  const lacking = Object.keys(input).find((member) => !START_MEMBERS.includes(member));
  if (lacking) throw notInCodeBuild(`${lacking} of StartBuild`);
  const project = projects.named(caller, input.projectName);
  if (project.details.source.type === 'CODEPIPELINE') {
    throw invalidInput('Project source type CODEPIPELINE is built by a pipeline only, not by StartBuild');
  }
  const variables = input.environmentVariablesOverride ?? [];
  for (const { name, type } of variables) checkVariable(name, type);
  const initiator = caller.identity?.split(':').at(-1) ?? 'root';
  const timeoutInMinutes = input.timeoutInMinutesOverride;
  const { idempotencyToken: token, ...rest } = input;
  const start = () => builds.start({ caller, project, initiator, variables, timeoutInMinutes });
  return { build: (token === undefined ? start() : builds.once(caller, token, rest, start)).describe() };
}

function stopBuild({ id }: Valid<StopBuildInput>, { caller, builds }: CodeBuildContext) {
  return { build: builds.stop(caller, id).describe() };
}

function batchGetBuilds({ ids }: Valid<BatchGetBuildsInput>, { caller, builds }: CodeBuildContext) {
  const found = ids.map((id) => ({ id, build: builds.find(caller, id) }));
  return {
    builds: found.flatMap(({ build }) => (build ? [build.describe()] : [])),
    buildsNotFound: found.flatMap(({ id, build }) => (build ? [] : [id])),
  };
}

function listBuildsForProject(input: Valid<ListBuildsForProjectInput>, { caller, projects, builds }: CodeBuildContext) {
  projects.named(caller, input.projectName);
  const latestFirst = builds.of(caller, input.projectName).map(({ details }) => details.id);
  const ids = input.sortOrder === 'ASCENDING' ? latestFirst.reverse() : latestFirst;
  const { items, ...rest } = pageOf(ids, PAGE, input.nextToken, invalidInput);
  return { ids: items, ...rest };
}

/** CodeBuild's actions that are here. */
export const CODE_BUILD_ACTIONS: ReadonlyMap<string, Action<CodeBuildContext>> = new Map<
  string,
  Action<CodeBuildContext>
>([
  ['StartBuild', startBuild],
  ['StopBuild', stopBuild],
  ['BatchGetBuilds', batchGetBuilds],
  ['ListBuildsForProject', listBuildsForProject],
]);
