import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  BatchGetBuildsCommand,
  type Build,
  CreateProjectCommand,
  type CreateProjectCommandInput,
  StartBuildCommand,
  type StartBuildCommandInput,
} from '@aws-sdk/client-codebuild';
import { ROLE, type Stage, until } from './stage';

/** What a project has otherwise than the tests' usual one. */
export type Overrides = Partial<CreateProjectCommandInput>;

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

  /** Makes a project. */
  async project(name: string, spec: object, overrides: Overrides = {}): Promise<void> {
    const buildspec = JSON.stringify({ version: '0.2', ...spec });
    await this.stage.codeBuild.send(
      new CreateProjectCommand({
        name,
        source: { type: 'NO_SOURCE', buildspec },
        artifacts: { type: 'NO_ARTIFACTS' },
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'aws/codebuild/standard:7.0',
          computeType: 'BUILD_GENERAL1_SMALL',
        },
        serviceRole: ROLE,
        ...overrides,
      }),
    );
  }

  /** Starts a build; answers its id. */
  async start(projectName: string, overrides: Partial<StartBuildCommandInput> = {}): Promise<string> {
    const { build } = await this.stage.codeBuild.send(new StartBuildCommand({ projectName, ...overrides }));
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
  async run(name: string, overrides: Partial<StartBuildCommandInput> = {}): Promise<Build> {
    return this.ended(await this.start(name, overrides));
  }
}
