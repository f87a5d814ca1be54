/** A CRC32 as S3's headers carry it: four bytes, the highest first, in base64. */
export function checksumHeader(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
