import { z } from 'zod';
import type { ExistingResource, ResourceHandler, ResourceRequest, StackResource } from '../../aws-json/cloudformation';
import { inputOf } from '../../aws-json/properties';
import type { ServiceModel } from '../../aws-json/service-model';
import { arnOf, cloneUrlsOf } from './arn';
import type { CodeCommit } from './codecommit';
import type { Repository } from './repositories';

const codeSchema = z.strictObject({
  BranchName: z.string().optional(),
  S3: z.strictObject({ Bucket: z.string(), Key: z.string() }),
});

/** Properties that CreateRepository does not take, or that change nothing here. */
const APART = ['Code', 'Tags', 'KmsKeyId'];

/**
 * `AWS::CodeCommit::Repository`. `Code` is what the repository is made with and is not looked at afterwards; another
 * `RepositoryName` renames the repository; a resource that is gone already is deleted without an error.
 */
export function repositoryResource(model: ServiceModel, codeCommit: CodeCommit): ResourceHandler {
  const { repositories } = codeCommit;
  return {
    async create({ caller, properties }: ResourceRequest) {
      const { name, description } = nameOf(model, properties);
      const code = properties.Code === undefined ? undefined : codeSchema.parse(properties.Code);
      const branch = code?.BranchName ?? 'main';
      const place = code && { bucket: code.S3.Bucket, key: code.S3.Key };
      return described(await codeCommit.create(caller, { name, description, branch }, place));
    },
    async update({ physicalId, properties }: ExistingResource) {
      const repository = repositories.withId(physicalId);
      if (!repository) throw new Error(`The repository ${physicalId} does not exist`);
      await repositories.rename(repository, nameOf(model, properties).name);
      return described(repository);
    },
    async delete({ physicalId }: ExistingResource) {
      const repository = repositories.withId(physicalId);
      if (repository) await repositories.delete(repository);
    },
  };
}

function nameOf(model: ServiceModel, properties: Readonly<Record<string, unknown>>) {
  const input = inputOf(model, 'CreateRepositoryInput', properties, APART) as {
    repositoryName: string;
    repositoryDescription?: string;
  };
  return { name: input.repositoryName, description: input.repositoryDescription };
}

function described(repository: Repository): StackResource {
  const { http, ssh } = cloneUrlsOf(repository);
  return {
    physicalId: repository.id,
    attributes: { Arn: arnOf(repository), Name: repository.name, CloneUrlHttp: http, CloneUrlSsh: ssh },
  };
}
