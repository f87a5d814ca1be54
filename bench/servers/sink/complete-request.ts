import type { NamedPart } from './multipart';
import { S3Error } from './s3-error';

/**
 * The parts that the body of CompleteMultipartUpload names.
 *
 * @param xml as SDKs write it: no comments, no CDATA, `"` as itself or as an entity
 * @throws S3Error `MalformedXML`
 */
export function namedParts(xml: string): NamedPart[] {
  return [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => {
    const number = Number(element(part, 'PartNumber'));
    const etag = element(part, 'ETag');
    if (!Number.isInteger(number) || etag === undefined) {
      throw new S3Error(
        400,
        'MalformedXML',
        'The XML you provided was not well-formed: a part needs PartNumber and ETag',
      );
    }
    return { number, etag: `"${etag.replaceAll('"', '')}"`, crc32: element(part, 'ChecksumCRC32') };
  });
}

function element(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text?.replaceAll('&quot;', '"').replaceAll('&#34;', '"');
}
