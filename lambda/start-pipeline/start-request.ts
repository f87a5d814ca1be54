import * as z from 'zod';

const Shape = z.strictObject({
  /** The model's name in MLflow. */
  modelName: z.string().min(1),
  /** Its package group in SageMaker. */
  groupName: z.string().min(1),
  pipelineName: z.string().min(1),
  /** ARN of the product's stack. A model that is terminated and provisioned again has another one. */
  stack: z.string().min(1),
});

/** Asks whether a model's pipeline has something to do. The enrolment of the model writes it, the model's rule sends it. */
export type StartRequest = z.infer<typeof Shape>;

/** @throws Error that names what is missing: a rule of somebody else's making */
export function parseStartRequest(event: unknown): StartRequest {
  const parsed = Shape.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      `input ${issue?.path.join('.') ?? ''}: ${issue?.message}; it must be the attribute StartPipelineInput of the model's enrolment`,
    );
  }
  return parsed.data;
}
