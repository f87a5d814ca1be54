import type { CreateProjectInput } from '@aws-sdk/client-codebuild';
import type { Caller } from '../../aws-json/caller';
import { ServiceError } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { keyOf } from '../keys';
import { checkProject } from './check-project';
import { projectNotFound } from './errors';

/** A project: whose it is, what a template says of it, and how many builds it had. */
export interface Project {
  readonly owner: Caller;
  readonly arn: string;
  details: Valid<CreateProjectInput>;
  builds: number;
}

/** CodeBuild's defaults (API_CreateProject). */
const DEFAULTS = { timeoutInMinutes: 60, queuedTimeoutInMinutes: 480 };

/** The projects of all accounts. */
export class Projects {
  private readonly projects = new Map<string, Project>();

  /** @throws ServiceError when the name is taken, or the project has something that is not here */
  create(owner: Caller, input: Valid<CreateProjectInput>): Project {
    const arn = arnOf(owner, input.name);
    if (this.find(owner, input.name)) {
      throw new ServiceError('ResourceAlreadyExistsException', `Project already exists: ${arn}`);
    }
    checkProject(input);
    const project = { owner, arn, builds: 0, details: { ...DEFAULTS, ...input } };
    this.projects.set(keyOf(owner, input.name), project);
    return project;
  }

  /** Replaces the whole of a project, as CloudFormation does. @throws ServiceError as `create` */
  replace(owner: Caller, input: Valid<CreateProjectInput>): Project {
    const project = this.named(owner, input.name);
    checkProject(input);
    project.details = { ...DEFAULTS, ...input };
    return project;
  }

  delete(owner: Caller, name: string): void {
    this.projects.delete(keyOf(owner, name));
  }

  find(owner: Caller, name: string): Project | undefined {
    return this.projects.get(keyOf(owner, name));
  }

  /** @throws ServiceError when there is no such project */
  named(owner: Caller, name: string): Project {
    const found = this.find(owner, name);
    if (!found) throw projectNotFound(arnOf(owner, name));
    return found;
  }
}

function arnOf({ account, region }: Caller, name: string): string {
  return `arn:aws:codebuild:${region}:${account}:project/${name}`;
}
