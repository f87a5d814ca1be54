import type {
  BatchGetBuildsInput,
  BatchGetProjectsInput,
  CreateProjectInput,
  DeleteProjectInput,
  ListBuildsForProjectInput,
  StartBuildInput,
  StopBuildInput,
  UpdateProjectInput,
} from '@aws-sdk/client-codebuild';
import type { Caller } from '../../aws-json/caller';
import type { Action } from '../../aws-json/service';
import type { Valid } from '../../aws-json/valid';
import { pageOf } from '../pages';
import type { Builds } from './builds';
import { checkVariable } from './check-project';
import { invalidInput } from './errors';
import type { Project, Projects } from './projects';

/** What CodeBuild's actions work with. */
export interface CodeBuildContext {
  readonly caller: Caller;
  readonly projects: Projects;
  readonly builds: Builds;
}

/** A page of ListBuildsForProject (API_ListBuildsForProject). */
const PAGE = 100;

function createProject(input: Valid<CreateProjectInput>, { caller, projects }: CodeBuildContext) {
  return { project: described(projects.create(caller, input)) };
}

function updateProject(input: Valid<UpdateProjectInput>, { caller, projects }: CodeBuildContext) {
  return { project: described(projects.update(caller, input)) };
}

/** DeleteProject: also of one that is not there (API_DeleteProject lists no error for it). */
function deleteProject({ name }: Valid<DeleteProjectInput>, { caller, projects }: CodeBuildContext) {
  projects.delete(caller, name);
  return {};
}

function batchGetProjects({ names }: Valid<BatchGetProjectsInput>, { caller, projects }: CodeBuildContext) {
  const found = names.map((name) => ({ name, project: projects.find(caller, name) }));
  return {
    projects: found.flatMap(({ project }) => (project ? [described(project)] : [])),
    projectsNotFound: found.flatMap(({ name, project }) => (project ? [] : [name])),
  };
}

/** StartBuild: a project that a pipeline builds is not built without it, since it has no source then. */
function startBuild(input: Valid<StartBuildInput>, { caller, projects, builds }: CodeBuildContext) {
  const project = projects.named(caller, input.projectName);
  if (project.details.source.type === 'CODEPIPELINE') {
    throw invalidInput('Project source type CODEPIPELINE is built by a pipeline only, not by StartBuild');
  }
  const variables = input.environmentVariablesOverride ?? [];
  for (const { name, type } of variables) checkVariable(name, type);
  const build = builds.start({
    caller,
    project,
    initiator: caller.identity?.split(':').at(-1) ?? 'root',
    variables,
    buildspec: input.buildspecOverride,
    timeoutInMinutes: input.timeoutInMinutesOverride,
  });
  return { build: build.describe() };
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

function described({ arn, details }: Project) {
  return { ...details, arn };
}

/** CodeBuild's actions that are here. */
export const CODE_BUILD_ACTIONS: ReadonlyMap<string, Action<CodeBuildContext>> = new Map<
  string,
  Action<CodeBuildContext>
>([
  ['CreateProject', createProject],
  ['UpdateProject', updateProject],
  ['DeleteProject', deleteProject],
  ['BatchGetProjects', batchGetProjects],
  ['StartBuild', startBuild],
  ['StopBuild', stopBuild],
  ['BatchGetBuilds', batchGetBuilds],
  ['ListBuildsForProject', listBuildsForProject],
]);

/** The members of StartBuild that are here; others would change the build unnoticed if they were left out. */
export const STARTED_WITH: readonly string[] = [
  'projectName',
  'environmentVariablesOverride',
  'buildspecOverride',
  'timeoutInMinutesOverride',
];
