import type {
  CompleteMultipartUploadCommandInput,
  DeleteObjectsCommandInput,
  ListObjectsV2CommandInput,
  PutObjectCommandInput,
  PutObjectTaggingCommandInput,
  Tag,
} from '@aws-sdk/client-s3';

interface Place {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
}

/** One bucket in memory, as far as a sync uses it. */
export class Bucket {
  readonly objects = new Map<string, { body: string; tags: Tag[] }>();
  /** Keys of the uploads that were neither completed nor aborted. */
  readonly uploads = new Map<string, string>();
  private opened = 0;

  put({ Key = '', Body }: PutObjectCommandInput): object {
    this.objects.set(Key, { body: String(Body), tags: [] });
    return {};
  }

  get({ Key = '' }: Place): object {
    const { body } = this.find(Key);
    return { Body: { transformToString: async () => body } };
  }

  list({ Prefix = '', Delimiter, MaxKeys = 1_000 }: ListObjectsV2CommandInput): object {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
    if (Delimiter === undefined) {
      return { Contents: keys.slice(0, MaxKeys).map((Key) => ({ Key })) };
    }
    const folders = keys
      .map((key) => key.slice(0, key.indexOf(Delimiter, Prefix.length) + 1))
      .filter((key) => key !== '');
    return { CommonPrefixes: [...new Set(folders)].map((folder) => ({ Prefix: folder })) };
  }

  deleteAll({ Delete }: DeleteObjectsCommandInput): object {
    for (const { Key = '' } of Delete?.Objects ?? []) {
      this.objects.delete(Key);
    }
    return {};
  }

  tags({ Key = '' }: Place): { TagSet: Tag[] } {
    return { TagSet: this.find(Key).tags };
  }

  putTags({ Key = '', Tagging }: PutObjectTaggingCommandInput): object {
    this.find(Key).tags = [...(Tagging?.TagSet ?? [])];
    return {};
  }

  deleteTags({ Key = '' }: Place): object {
    this.find(Key).tags = [];
    return {};
  }

  openUpload({ Key = '' }: Place): { UploadId: string } {
    const UploadId = `upload-${++this.opened}`;
    this.uploads.set(UploadId, Key);
    return { UploadId };
  }

  complete({ UploadId = '', IfNoneMatch }: CompleteMultipartUploadCommandInput): object {
    const key = this.uploads.get(UploadId);
    if (key === undefined) {
      throw Object.assign(new Error('The specified upload does not exist.'), { name: 'NoSuchUpload' });
    }
    if (IfNoneMatch === '*' && this.objects.has(key)) {
      throw Object.assign(new Error('The object exists.'), { name: 'PreconditionFailed' });
    }
    this.uploads.delete(UploadId);
    return this.put({ Bucket: '', Key: key, Body: 'archive' });
  }

  listUploads({ Prefix = '' }: { Prefix?: string | undefined }): object {
    const open = [...this.uploads].filter(([, key]) => key.startsWith(Prefix));
    return { Uploads: open.map(([UploadId, Key]) => ({ UploadId, Key })) };
  }

  abort({ UploadId = '' }: { UploadId?: string | undefined }): object {
    this.uploads.delete(UploadId);
    return {};
  }

  private find(key: string) {
    const found = this.objects.get(key);
    if (found === undefined) {
      throw Object.assign(new Error(`The specified key does not exist: ${key}`), { name: 'NoSuchKey' });
    }
    return found;
  }
}
