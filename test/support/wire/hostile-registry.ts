import type { IncomingMessage, ServerResponse } from 'node:http';
import { type PreparedPackage, preparePackage } from '../../../lambda/shared/packing/prepare';
import { choiceSettings } from '../choice-settings';
import { type FakeServer, json } from '../fake-server';
import { modelVersion } from '../versions';
import { databricksOn, openSourceOn } from './registries';

/** An entry of a listing, as the registry says it. */
export interface Entry {
  readonly path: string;
  readonly is_dir?: boolean;
  readonly file_size?: number;
}
export type Listing = (folder: string, token: string | null) => { files?: readonly Entry[]; next_page_token?: string };
export type Send = (request: IncomingMessage, response: ServerResponse) => void;

const REGISTRIES = { MLflow: openSourceOn, Databricks: databricksOn } as const;
type Kind = keyof typeof REGISTRIES;
/** Both kinds: what is listed by one of them can be listed by the other. */
export const KINDS = Object.keys(REGISTRIES) as Kind[];

/** An MLmodel with nothing wrong in it. */
export const MLMODEL =
  'flavors:\n  python_function: {loader_module: mlflow.sklearn, python_version: 3.12.4}\n' +
  '  sklearn: {pickled_model: model.pkl, sklearn_version: 1.9.1}\n';
/** The entries of a model with nothing wrong in it. */
export const GOOD: readonly Entry[] = [
  { path: 'MLmodel', file_size: MLMODEL.length },
  { path: 'model.pkl', file_size: 5 },
];

const settings = choiceSettings();
const sendMlmodel: Send = (_request, response) => void response.end(MLMODEL);

/** A registry, of the one kind or the other, that lists and sends as the test says. */
export class HostileRegistry {
  /** How often it was asked since it was told what to answer. */
  requests = 0;

  constructor(private readonly server: FakeServer) {}

  /** What it lists, and what it sends for each file. */
  answer(list: Listing, send: Send = sendMlmodel): void {
    this.requests = 0;
    this.server.answer = (request, response, url) => {
      this.requests += 1;
      const folder = url.searchParams.get('artifact_directory_path') ?? url.searchParams.get('path') ?? '';
      if (url.pathname.endsWith('/directories') || url.pathname.endsWith('/list-artifacts')) {
        json(response, list(folder, url.searchParams.get('page_token')));
      } else if (url.pathname.endsWith('/get-download-uri')) {
        json(response, { artifact_uri: 'file:///mlruns/1' });
      } else if (url.pathname.endsWith('/get-signed-download-uri')) {
        json(response, { signed_uri: `${this.server.url()}/file` });
      } else {
        send(request, response);
      }
    };
  }

  /** Prepares a package of its version, as a plan does. */
  prepare(kind: Kind = 'MLflow', tags: Record<string, string> = {}): Promise<PreparedPackage> {
    const version = modelVersion({ source: 'models:/m-1', stage: 'Staging', tags });
    return preparePackage(REGISTRIES[kind](this.server), version, settings);
  }
}
