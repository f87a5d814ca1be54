import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceHandler } from '../aws-json/cloudformation';
import { EventSender } from '../aws-json/events';
import { endpointOf } from '../aws-json/protocol';
import { type ListeningServer, startServer } from '../aws-json/server';
import { loadServiceModel } from '../aws-json/service-model';
import { serviceCatalog } from '../service-catalog';
import { Sessions } from './aws/session';
import { Builds } from './codebuild/builds';
import { Projects } from './codebuild/projects';
import { projectResource } from './codebuild/resource';
import { codeBuildService } from './codebuild/service';
import { CodeCommit } from './codecommit/codecommit';
import { answerPush } from './codecommit/pushes';
import { Repositories } from './codecommit/repositories';
import { repositoryResource } from './codecommit/resource';
import { codeCommitService } from './codecommit/service';
import { Approvals } from './codepipeline/approvals';
import { Engine } from './codepipeline/engine';
import { PipelineEvents } from './codepipeline/events';
import { Pipelines } from './codepipeline/pipelines';
import { providerRunner } from './codepipeline/providers';
import { pipelineResource } from './codepipeline/resource';
import { codePipelineService } from './codepipeline/service';

/** How the developer tools' stand-in is started. */
export interface DeveloperToolsOptions {
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
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
  /** What builds are told of the machine, see codebuild/machine.ts. */
  readonly machine: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** The services that builds find at this server, by the names in `AWS_ENDPOINT_URL_<name>`. */
const OWN_SERVICES = ['CODECOMMIT', 'CODEBUILD', 'CODEPIPELINE', 'SERVICE_CATALOG'];

/**
 * Starts the developer tools' stand-in on a loopback port: CodeCommit, CodeBuild, CodePipeline and Service Catalog, and what
 * every stand-in has (see aws-json/server.ts). Each account and region has resources of its own, in memory; repositories and
 * logs are files.
 *
 * @returns the server; closing it ends all builds with their processes
 * @throws Error when the interpreter has no botocore, or the port is taken
 */
export async function startDeveloperTools(options: DeveloperToolsOptions): Promise<ListeningServer> {
  const { python, awsEndpoint, workDir, log } = options;
  await mkdir(workDir, { recursive: true });
  const urlFile = join(workDir, 'url');
  const sessions = new Sessions(awsEndpoint);
  const senders: EventSender[] = [];
  const sender = (service: string): EventSender => {
    const made = new EventSender(service, awsEndpoint, log);
    senders.push(made);
    return made;
  };

  const repositories = new Repositories(options.repositories, urlFile);
  await repositories.clear();
  const codeCommit = new CodeCommit(repositories, sessions, sender('codecommit'), log);

  // Builds are told where this server is, which is known once it listens.
  const endpoints: Record<string, string> = { ...options.endpoints };
  const host = {
    awsEndpoint,
    endpoints,
    npmCache: join(workDir, 'npm-cache'),
    machine: options.machine,
    path: process.env.PATH ?? '',
  };
  const projects = new Projects();
  const builds = new Builds(join(workDir, 'builds'), { python, sessions, host }, sender('codebuild'), log);

  const approvals = new Approvals();
  const run = providerRunner({ repositories, projects, builds, approvals, sessions });
  const pipelines = new Pipelines(new Engine({ run, observer: new PipelineEvents(sender('codepipeline'), log) }));

  const models = {
    codeCommit: await loadServiceModel(python, 'codecommit'),
    codeBuild: await loadServiceModel(python, 'codebuild'),
    codePipeline: await loadServiceModel(python, 'codepipeline'),
  };
  const catalog = serviceCatalog({ model: await loadServiceModel(python, 'servicecatalog'), awsEndpoint, log });
  const server = await startServer({
    port: options.port,
    awsEndpoint,
    log,
    endpoints: [
      endpointOf(codeCommitService(models.codeCommit, codeCommit)),
      endpointOf(codeBuildService(models.codeBuild, projects, builds)),
      endpointOf(codePipelineService(models.codePipeline, pipelines, approvals)),
      catalog.endpoint,
    ],
    resources: new Map<string, ResourceHandler>([
      ['AWS::CodeCommit::Repository', repositoryResource(models.codeCommit, codeCommit)],
      ['AWS::CodeBuild::Project', projectResource(models.codeBuild, projects)],
      ['AWS::CodePipeline::Pipeline', pipelineResource(models.codePipeline, pipelines)],
      ...catalog.resources,
    ]),
    route: (request, response, path) =>
      request.method === 'POST' && path === '/_sandbox/pushes' ? answerPush(request, response, codeCommit) : undefined,
  });
  for (const service of OWN_SERVICES) endpoints[service] = server.url;
  await writeFile(urlFile, server.url);
  return {
    url: server.url,
    close: async () => {
      const closed = server.close();
      pipelines.close();
      await builds.close();
      for (const events of senders) await events.close();
      await closed;
    },
  };
}
