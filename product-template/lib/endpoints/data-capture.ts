import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';

/** Every request and every answer, as the text that they are: other content is written in base64. */
export function dataCapture(destinationS3Uri: string): CfnEndpointConfig.DataCaptureConfigProperty {
  return {
    enableCapture: true,
    initialSamplingPercentage: 100,
    destinationS3Uri,
    captureOptions: [{ captureMode: 'Input' }, { captureMode: 'Output' }],
    captureContentTypeHeader: { csvContentTypes: ['text/csv'], jsonContentTypes: ['application/json'] },
  };
}
