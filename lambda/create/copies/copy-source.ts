/**
 * An object, as the header x-amz-copy-source names it. The SDK sends that header as it is, so each part of the key is encoded
 * here: S3 would take a bare `+` for a space, and `?` for the begin of a version (API_CopyObject, CopySource).
 */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
