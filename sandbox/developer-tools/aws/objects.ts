import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Session } from './session';

/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Copies an object into a file. @throws Error S3's refusal, with the object's place */
export async function download(session: Session, { bucket, key }: S3Location, file: string): Promise<void> {
  try {
    const { Body } = await session.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await pipeline(Body as Readable, createWriteStream(file));
  } catch (cause) {
    throw new Error(`s3://${bucket}/${key} cannot be read: ${textOf(cause)}`, { cause });
  }
}

/** Copies a file into an object. @throws Error S3's refusal, with the object's place */
export async function upload(session: Session, file: string, { bucket, key }: S3Location): Promise<void> {
  const { size } = await stat(file);
  try {
    const Body = createReadStream(file);
    await session.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentLength: size }));
  } catch (cause) {
    throw new Error(`s3://${bucket}/${key} cannot be written: ${textOf(cause)}`, { cause });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
