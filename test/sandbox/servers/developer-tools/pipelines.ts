import {
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';
import type { Resource } from '../cloudformation/stacks';
import { BUCKET, ROLE, type Stage, until } from './stage';

type Json = Readonly<Record<string, unknown>>;

/** An action as a template has it. */
export function action(name: string, type: string, configuration: Json, more: Json = {}): Json {
  const [Category, Provider] = type.split('/');
  return {
    Name: name,
    ActionTypeId: { Category, Owner: 'AWS', Provider, Version: '1' },
    Configuration: configuration,
    ...more,
  };
}

/** A source action that takes a repository's main branch. */
export const source = (repository: string): Json =>
  action(
    'Source',
    'Source/CodeCommit',
    { RepositoryName: repository, BranchName: 'main', PollForSourceChanges: false },
    { OutputArtifacts: [{ Name: 'Code' }] },
  );

/** A build of what the source action took. */
export const build = (name: string, projectName: unknown, more: Json = {}): Json =>
  action(name, 'Build/CodeBuild', { ProjectName: projectName }, { InputArtifacts: [{ Name: 'Code' }], ...more });

/** A pipeline as a template has it. */
export function pipeline(name: string, stages: Readonly<Record<string, readonly Json[]>>, more: Json = {}): Resource {
  return {
    Type: 'AWS::CodePipeline::Pipeline',
    Properties: {
      Name: name,
      PipelineType: 'V2',
      RoleArn: ROLE,
      ArtifactStore: { Type: 'S3', Location: BUCKET },
      Stages: Object.entries(stages).map(([Name, Actions]) => ({ Name, Actions })),
      ...more,
    },
  };
}

/** A project for builds of a pipeline as a template has it. */
export function project(spec: Json): Resource {
  return {
    Type: 'AWS::CodeBuild::Project',
    Properties: {
      Artifacts: { Type: 'CODEPIPELINE' },
      Environment: { ComputeType: 'BUILD_GENERAL1_SMALL', Image: 'image', Type: 'LINUX_CONTAINER' },
      ServiceRole: ROLE,
      Source: { Type: 'CODEPIPELINE', BuildSpec: JSON.stringify({ version: '0.2', ...spec }) },
    },
  };
}

/** The executions of a pipeline, the first first. */
export async function executions({ codePipeline }: Stage, pipelineName: string): Promise<PipelineExecutionSummary[]> {
  const answer = await codePipeline.send(new ListPipelineExecutionsCommand({ pipelineName }));
  return (answer.pipelineExecutionSummaries ?? []).reverse();
}

/** Waits until the n-th execution of a pipeline has ended. */
export async function ended(stage: Stage, name: string, n: number, seconds = 60): Promise<PipelineExecutionSummary> {
  return until(async () => {
    const execution = (await executions(stage, name))[n - 1];
    const going = ['InProgress', 'Stopping'].includes(execution?.status ?? 'InProgress');
    return going ? undefined : execution;
  }, seconds);
}

/** `<stage>/<action> <status>` of what an execution did, the first first. */
export async function actionsOf(
  { codePipeline }: Stage,
  pipelineName: string,
  pipelineExecutionId: string | undefined,
) {
  const filter = { pipelineExecutionId };
  const answer = await codePipeline.send(new ListActionExecutionsCommand({ pipelineName, filter }));
  return (answer.actionExecutionDetails ?? []).reverse();
}
