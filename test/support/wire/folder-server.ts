import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { ArtifactStore } from '../../../lambda/shared/registry/artifact-store';
import type { ModelRegistry } from '../../../lambda/shared/registry/registry';
import { type FakeServer, json } from '../fake-server';
import { IMPATIENT } from '../impatient';
import { databricksOn, openSourceOn } from './registries';
import { type Sending, sendFile } from './send-file';

/** The ways in which a version's files come here. */
export const WAYS = ['through MLflow', 'presigned by MLflow', 'signed by Databricks', 'from S3'] as const;
export type Way = (typeof WAYS)[number];

/** One version's folder, and how its files are listed and sent. */
export interface ServedFolder {
  readonly way: Way;
  /** What the listing says. */
  readonly listed: () => readonly { readonly path: string; readonly size: number; readonly etag?: string }[];
  /** How the next answer with a file's bytes goes. */
  readonly send: (path: string) => Sending;
}

/** Serves folders by MLflow's API, Databricks' and S3's, each under the name of its model, on one server. */
export class FolderServer {
  readonly folders = new Map<string, ServedFolder>();

  constructor(private readonly server: FakeServer) {
    server.answer = (request, response, url) => this.answer(request, response, url);
  }

  /** A registry that has the folders of a way. */
  registry(way: Way): ModelRegistry {
    if (way === 'signed by Databricks') {
      return databricksOn(this.server);
    }
    if (way !== 'from S3') {
      return openSourceOn(this.server);
    }
    const client = new S3Client({
      endpoint: this.server.url(),
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    return openSourceOn(this.server, IMPATIENT, new ArtifactStore(client, { bucket: 'artifacts', prefix: '' }));
  }

  private answer(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const path = decodeURIComponent(url.pathname);
    const query = url.searchParams;
    const name = query.get('name') ?? '';
    const [, ofStore = '', file = ''] = /^\/(?:store|artifacts)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const [, ofListing = ''] = /^\/api\/2\.0\/mlflow\/logged-models\/m-([^/]+)\/artifacts/.exec(path) ?? [];
    const [, ofPrefix = ''] = /^([^/]+)\/$/.exec(query.get('prefix') ?? '') ?? [];
    const [, signed = ''] = /^\/api\/2\.0\/mlflow-artifacts\/presigned\/(.+)$/.exec(path) ?? [];
    if (path.endsWith('/get-download-uri')) {
      json(response, { artifact_uri: this.uriOf(name) });
    } else if (signed !== '') {
      json(response, { url: `${this.server.url()}/store/${signed}?signature=s3cret` });
    } else if (path.endsWith('/get-signed-download-uri')) {
      json(response, { signed_uri: `${this.server.url()}/store/${name}/${query.get('path')}?signature=s3cret` });
    } else if (path.endsWith('/list-artifacts') || ofListing !== '') {
      json(response, { files: this.entries(name || ofListing) });
    } else if (query.has('list-type')) {
      response.writeHead(200, { 'content-type': 'application/xml' }).end(this.objects(ofPrefix));
    } else {
      const folder = this.folder(ofStore || name);
      sendFile(request, response, folder.send(file || (query.get('path') ?? '')));
    }
  }

  private folder(name: string): ServedFolder {
    const folder = this.folders.get(name);
    if (folder === undefined) {
      throw new Error(`there is no folder of ${name}`);
    }
    return folder;
  }

  private uriOf(name: string): string {
    switch (this.folder(name).way) {
      case 'from S3':
        return `s3://artifacts/${name}`;
      case 'presigned by MLflow':
        return `mlflow-artifacts:/${name}`;
      default:
        return `file:///mlruns/${name}`;
    }
  }

  private entries(name: string) {
    return this.folder(name)
      .listed()
      .map(({ path, size }) => ({ path, is_dir: false, file_size: size }));
  }

  private objects(name: string): string {
    const contents = this.folder(name)
      .listed()
      .map(({ path, size, etag = '' }) => {
        const tag = etag.replaceAll('"', '&quot;');
        return `<Contents><Key>${name}/${path}</Key><Size>${size}</Size><ETag>${tag}</ETag></Contents>`;
      });
    return `<ListBucketResult>${contents.join('')}</ListBucketResult>`;
  }
}
