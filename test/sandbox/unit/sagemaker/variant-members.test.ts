import { checkVariantMembers } from '../../../../sandbox/sagemaker/cloudformation/variant-members';

type Input = Parameters<typeof checkVariantMembers>[0];

const check = (variant: object) => () =>
  checkVariantMembers({ ProductionVariants: [{ VariantName: 'AllTraffic', ...variant }] } as unknown as Input);

test.each(['ContainerStartupHealthCheckTimeoutInSeconds', 'ModelDataDownloadTimeoutInSeconds', 'VolumeSizeInGB'])(
  '%s is for instances only',
  (member) => {
    expect(check({ InstanceType: 'ml.m5.large', [member]: 60 })).not.toThrow();
    expect(check({ ServerlessConfig: {}, [member]: 60 })).toThrow(member);
  },
);

test.each(['ml.g5.xlarge', 'ml.g4dn.xlarge', 'ml.m5d.large', 'ml.c6gd.xlarge', 'ml.p4de.24xlarge', 'ml.trn1.2xlarge'])(
  'refuses a volume size on %s, which has a local disk',
  (InstanceType) => {
    expect(check({ InstanceType, VolumeSizeInGB: 60 })).toThrow(`VolumeSizeInGB is not allowed`);
    expect(check({ InstanceType })).not.toThrow();
  },
);

test.each(['ml.m5.large', 'ml.c5n.large', 'ml.inf2.xlarge', 'ml.p3.2xlarge'])('takes one on %s', (InstanceType) => {
  expect(check({ InstanceType, VolumeSizeInGB: 60 })).not.toThrow();
});
