import { CfnParameter, type Stack } from 'aws-cdk-lib';

/** The product's only parameter: the model's name in MLflow. Service Catalog shows it as `model_name`. */
export function modelNameParameter(stack: Stack): CfnParameter {
  const parameter = new CfnParameter(stack, 'ModelName', {
    description: 'Name of the registered model in MLflow, exactly as it is written there. It need not exist yet.',
    type: 'String',
    minLength: 1,
    maxLength: 256,
    allowedPattern: '^[^/:]+$',
    constraintDescription: 'must be the name of a registered model: 1 to 256 characters, none of them / or :',
  });
  // A parameter's own name can have no underscore.
  stack.templateOptions.metadata = {
    'AWS::CloudFormation::Interface': {
      ParameterGroups: [{ Label: { default: 'Model' }, Parameters: [parameter.logicalId] }],
      ParameterLabels: { [parameter.logicalId]: { default: 'model_name' } },
    },
  };
  return parameter;
}
