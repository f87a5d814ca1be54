import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ResourceHandler, ResourceHandlers } from '../aws-json/cloudformation';
import { EventSender } from '../aws-json/events';
import { type Endpoint, endpointOf } from '../aws-json/protocol';
import { loadServiceModel } from '../aws-json/service-model';
import { PROJECT } from '../processes/paths';
import { serviceCatalog } from '../service-catalog';
import { Sessions } from './aws/session';
import { Builds } from './codebuild/builds';
import { Projects } from './codebuild/projects';
import { projectResource } from './codebuild/resource';
import { codeBuildService } from './codebuild/service';
import { CodeCommit } from './codecommit/codecommit';
import { Repositories } from './codecommit/repositories';
import { repositoryResource } from './codecommit/resource';
import { codeCommitService } from './codecommit/service';
import { Engine } from './codepipeline/engine';
import { PipelineEvents } from './codepipeline/events';
import { Pipelines } from './codepipeline/pipelines';
import { providerRunner } from './codepipeline/providers';
import { pipelineResource } from './codepipeline/resource';
import { codePipelineService } from './codepipeline/service';

/** What the services work with. */
export interface ServicesOptions {
  /** An interpreter that has botocore (for the service models) and runs the guards of builds. */
  readonly python: string;
  /** Where MiniStack is. */
  readonly awsEndpoint: string;
  /** Services beside MiniStack that builds call, by the names in `AWS_ENDPOINT_URL_<name>`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** The folder of the repositories of all accounts. */
  readonly repositories: string;
  /** A folder for builds and their logs, and for npm's packages. */
  readonly workDir: string;
  /** Where builds of environment images put them as folders, in place of layers of an image. */
  readonly environmentFolders: string;
  /** The settings of the machine that builds get, see codebuild/machine.ts. */
  readonly machine: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** A service: what a server answers with for it. */
interface Service {
  readonly endpoint: Endpoint;
  readonly resources: ResourceHandlers;
}

/** All services of the developer tools, which call each other. */
export interface Services {
  readonly endpoints: readonly Endpoint[];
  readonly resources: ResourceHandlers;
  readonly codeCommit: CodeCommit;
  /** Ends all builds with their processes, and sends what events are on their way. */
  close(): Promise<void>;
}

/**
 * Makes the services.
 *
 * @param urlFile a file that says where the server is, for the hooks of repositories
 */
export async function developerTools(options: ServicesOptions, urlFile: string): Promise<Services> {
  const { python, awsEndpoint, workDir, log } = options;
  const sessions = new Sessions(awsEndpoint);
  const ofCommit = new EventSender('codecommit', awsEndpoint, log);
  const ofBuild = new EventSender('codebuild', awsEndpoint, log);
  const ofPipeline = new EventSender('codepipeline', awsEndpoint, log);

  const repositories = new Repositories(options.repositories, urlFile);
  await repositories.clear();
  const codeCommit = new CodeCommit(repositories, sessions, ofCommit, log);

  const { endpoints, machine } = options;
  const host = {
    awsEndpoint,
    endpoints,
    // npm's own cache, where it is known: after `npm ci` it has most packages that builds need.
    npmCache: machine.npm_config_cache ?? join(workDir, 'npm-cache'),
    npmInstalls: join(PROJECT, '.sandbox-npm'),
    // uv's own cache: builds have a HOME of their own, and would download every package again.
    uvCache: machine.UV_CACHE_DIR ?? join(homedir(), '.cache', 'uv'),
    environmentFolders: options.environmentFolders,
    machine,
    path: [join(__dirname, 'codebuild', 'bin'), process.env.PATH ?? ''].join(delimiter),
  };
  const projects = new Projects();
  const builds = new Builds(join(workDir, 'builds'), { python, sessions, host }, ofBuild, log);

  const run = providerRunner({ repositories, projects, builds, sessions });
  const pipelines = new Pipelines(new Engine({ run, observer: new PipelineEvents(ofPipeline, log) }));

  const services = [
    await codeCommitPart(python, codeCommit),
    await codeBuildPart(python, projects, builds),
    await codePipelinePart(python, pipelines),
    serviceCatalog({ model: await loadServiceModel(python, 'servicecatalog'), awsEndpoint, log }),
  ];
  return {
    endpoints: services.map(({ endpoint }) => endpoint),
    resources: new Map<string, ResourceHandler>(services.flatMap(({ resources }) => [...resources])),
    codeCommit,
    close: async () => {
      pipelines.close();
      await builds.close();
      for (const sender of [ofCommit, ofBuild, ofPipeline]) await sender.close();
    },
  };
}

async function codeCommitPart(python: string, codeCommit: CodeCommit): Promise<Service> {
  const model = await loadServiceModel(python, 'codecommit');
  return {
    endpoint: endpointOf(codeCommitService(model, codeCommit)),
    resources: new Map([['AWS::CodeCommit::Repository', repositoryResource(model, codeCommit)]]),
  };
}

async function codeBuildPart(python: string, projects: Projects, builds: Builds): Promise<Service> {
  const model = await loadServiceModel(python, 'codebuild');
  return {
    endpoint: endpointOf(codeBuildService(model, projects, builds)),
    resources: new Map([['AWS::CodeBuild::Project', projectResource(model, projects)]]),
  };
}

async function codePipelinePart(python: string, pipelines: Pipelines): Promise<Service> {
  const model = await loadServiceModel(python, 'codepipeline');
  return {
    endpoint: endpointOf(codePipelineService(model, pipelines)),
    resources: new Map([['AWS::CodePipeline::Pipeline', pipelineResource(model, pipelines)]]),
  };
}
