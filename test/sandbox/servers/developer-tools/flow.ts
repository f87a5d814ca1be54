import { templateOf } from '../cloudformation/stacks';
import { changeSet } from './deployments';
import { action, build, pipeline, project, source } from './pipelines';
import { ACCOUNT, ROLE } from './stage';

/** A pipeline `flow` from a repository of that name, by a build, to the stack `deployed`, with the rule that starts it. */
export function flow(): string {
  return templateOf(
    {
      Project: project({
        phases: {
          build: {
            commands: [
              'mkdir -p out/nested && cp template.json out/nested/template.json',
              'seen="$CODEBUILD_INITIATOR $CODEBUILD_RESOLVED_SOURCE_VERSION"',
              `printf '{"Parameters": {"Suffix": "%s"}, "Tags": {"from": "pipeline"}}' "$seen" > out/settings.json`,
            ],
          },
        },
        artifacts: { 'base-directory': 'out', files: ['**/*'] },
      }),
      Pipeline: pipeline('flow', {
        Source: [source('flow')],
        Build: [build('Synth', { Ref: 'Project' }, { OutputArtifacts: [{ Name: 'Out' }] })],
        Deploy: [
          action(
            'Prepare',
            'Deploy/CloudFormation',
            changeSet('deployed', 'CHANGE_SET_REPLACE', {
              TemplatePath: 'Out::nested/template.json',
              TemplateConfiguration: 'Out::settings.json',
              RoleArn: ROLE,
              Capabilities: 'CAPABILITY_NAMED_IAM,CAPABILITY_AUTO_EXPAND',
            }),
            { InputArtifacts: [{ Name: 'Out' }], RunOrder: 1 },
          ),
          action('Deploy', 'Deploy/CloudFormation', changeSet('deployed', 'CHANGE_SET_EXECUTE'), { RunOrder: 2 }),
        ],
      }),
      // What CDK makes for a CodeCommit source.
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: {
            source: ['aws.codecommit'],
            'detail-type': ['CodeCommit Repository State Change'],
            resources: [`arn:aws:codecommit:us-east-1:${ACCOUNT}:flow`],
            detail: { event: ['referenceCreated', 'referenceUpdated'], referenceName: ['main'] },
          },
          Targets: [
            {
              Id: 'pipeline',
              Arn: { 'Fn::Sub': `arn:aws:codepipeline:us-east-1:${ACCOUNT}:\${Pipeline}` },
              RoleArn: ROLE,
            },
          ],
        },
      },
    },
    { Ref: { Ref: 'Pipeline' }, Version: { 'Fn::GetAtt': ['Pipeline', 'Version'] } },
  );
}
