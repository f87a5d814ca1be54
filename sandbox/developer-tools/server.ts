import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ListeningServer, startServer } from '../aws-json/server';
import { answerPush } from './codecommit/pushes';
import { developerTools, type ServicesOptions } from './services';

/** How the developer tools' stand-in is started. */
export interface DeveloperToolsOptions extends ServicesOptions {
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
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
  const { port, awsEndpoint, workDir, log } = options;
  await mkdir(workDir, { recursive: true });
  const urlFile = join(workDir, 'url');
  // Builds are told where this server is, which is known once it listens.
  const endpoints: Record<string, string> = { ...options.endpoints };
  const services = await developerTools({ ...options, endpoints }, urlFile);
  const server = await startServer({
    port,
    awsEndpoint,
    log,
    endpoints: services.endpoints,
    resources: () => services.resources,
    route: (request, response, path) =>
      request.method === 'POST' && path === '/_sandbox/pushes'
        ? answerPush(request, response, services.codeCommit)
        : undefined,
  });
  for (const service of OWN_SERVICES) endpoints[service] = server.url;
  await writeFile(urlFile, server.url);
  return {
    url: server.url,
    close: async () => {
      const closed = server.close();
      await services.close();
      await closed;
    },
  };
}
