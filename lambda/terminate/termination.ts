import * as z from 'zod';

const Shape = z.object({
  /** The model's package group in SageMaker. */
  GroupName: z.string().min(1),
  RepositoryName: z.string().min(1),
  PipelineName: z.string().min(1),
  RuleName: z.string().min(1),
  /** The stacks with the endpoints. */
  StackNames: z.array(z.string().min(1)),
  /** Whether these stacks stay. */
  KeepEndpoints: z.enum(['true', 'false']),
});

/** What a termination has to clean up: the properties of its custom resource. */
export type Termination = z.infer<typeof Shape>;

/** @throws Error that names the property which is missing or wrong */
export function parseTermination(properties: unknown): Termination {
  const parsed = Shape.safeParse(properties);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`property ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return parsed.data;
}

/**
 * What the repository is called afterwards, so that its history stays and the model can be provisioned again.
 *
 * @returns 100 characters at most, CodeCommit's limit, for the longest group's name
 */
export function archivedName(groupName: string, now: Date): string {
  const [date, time] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `sagemaker-mlflow-${groupName}-old-${date}-${time}`;
}
