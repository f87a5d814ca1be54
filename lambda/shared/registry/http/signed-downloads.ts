import { messageOf, RefusedError, TransientError } from '../../errors';
import { logger } from '../../logging';
import type { FilePosition, OpenedFile } from '../registry';
import { FileChangedError, RegistryError } from './failure';
import type { RegistryHttp } from './registry-http';

/** An address that a registry signed, with the headers that belong to it. */
export interface SignedAddress {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Downloads past a server that may sign addresses of its store, or not, or sign such that only its own network reaches. What
 * does not work at the first file is not tried for the others; what worked once and then breaks is a fault that passes.
 */
export class SignedDownloads {
  private state: 'untried' | 'works' | 'refused' = 'untried';

  constructor(private readonly http: RegistryHttp) {}

  /**
   * Opens one file.
   *
   * @param sign asks the registry for the file's address
   * @returns undefined where the file must be read in another way
   * @throws FileChangedError, and TransientError where addresses worked before
   */
  async open(sign: () => Promise<SignedAddress>, position?: FilePosition): Promise<OpenedFile | undefined> {
    if (this.state === 'refused') {
      return undefined;
    }
    try {
      const { url, headers = {} } = await sign();
      const opened = await this.http.streamSigned(url, headers, position);
      this.state = 'works';
      return opened;
    } catch (error) {
      if (error instanceof FileChangedError || (error instanceof TransientError && this.state === 'works')) {
        throw error;
      }
      if (!(error instanceof RefusedError || error instanceof TransientError)) {
        throw error;
      }
      // One file that is not there says nothing about the others.
      if (!(error instanceof RegistryError && error.code === 'RESOURCE_DOES_NOT_EXIST')) {
        this.state = 'refused';
        logger.info('files come through the registry, which gives no address of its store that can be read', {
          reason: messageOf(error),
        });
      }
      return undefined;
    }
  }
}
