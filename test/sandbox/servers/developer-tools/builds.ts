import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BatchGetBuildsCommand, type Build, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { ACCOUNT, ROLE, type Stage, until } from './stage';

/** Properties of a project, as a template has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** The environment of a project. */
export function environment(more: Properties = {}): { Environment: Properties } {
  return { Environment: { Type: 'LINUX_CONTAINER', Image: 'image', ComputeType: 'BUILD_GENERAL1_SMALL', ...more } };
}

/** The commands of a build specification, by phase. */
interface Phases {
  readonly [phase: string]: { readonly commands: readonly string[] };
}

/** A build specification of nothing but phases. */
export function phases(of: Phases): { phases: Phases } {
  return { phases: of };
}

/** What a build has written. */
export function logOf(build: Build): string {
  return readFileSync(fileURLToPath(build.logs?.deepLink ?? ''), 'utf8');
}

/** Projects without a source, and their builds. */
export class Builds {
  constructor(private readonly stage: Stage) {}

  /** Makes a project as MiniStack's CloudFormation does. @throws Error with the reason why the resource failed */
  async project(name: string, spec: object, more: Properties = {}): Promise<void> {
    await makeProject(this.stage.url, name, spec, more);
  }

  /** Starts a build; answers its id. */
  async start(projectName: string): Promise<string> {
    const { build } = await this.stage.codeBuild.send(new StartBuildCommand({ projectName }));
    return build?.id ?? '';
  }

  /** A build as it is now. */
  async describe(id: string): Promise<Build> {
    const { builds: [build] = [] } = await this.stage.codeBuild.send(new BatchGetBuildsCommand({ ids: [id] }));
    if (!build) throw new Error(`there is no build ${id}`);
    return build;
  }

  /** Waits until a build is complete. */
  async ended(id: string): Promise<Build> {
    return until(async () => {
      const now = await this.describe(id);
      return now.buildComplete ? now : undefined;
    });
  }

  /** Starts a build and waits until it is complete. */
  async run(name: string): Promise<Build> {
    return this.ended(await this.start(name));
  }
}

/** Makes a project as MiniStack's CloudFormation does. @throws Error with the reason why the resource failed */
export async function makeProject(url: string, name: string, spec: object, more: Properties = {}): Promise<void> {
  const properties = {
    Name: name,
    Source: { Type: 'NO_SOURCE', BuildSpec: JSON.stringify({ version: '0.2', ...spec }) },
    Artifacts: { Type: 'NO_ARTIFACTS' },
    ...environment(),
    ServiceRole: ROLE,
    ...more,
  };
  const resource = { type: 'AWS::CodeBuild::Project', logicalId: 'Project', stackName: 'stack', properties };
  const body = JSON.stringify({ action: 'create', account: ACCOUNT, region: 'us-east-1', ...resource });
  const answer = await fetch(`${url}/_cloudformation`, { method: 'POST', body });
  if (!answer.ok) throw new Error(await answer.text());
}
