import { S3Error } from './s3-error';

const CRLF = '\r\n';
/** A chunk's size line and a trailer's line are far shorter. */
const LINE_MAX = 1024;

/**
 * Takes an `aws-chunked` body apart: lines with a size in hexadecimal, the bytes, and behind the last chunk the trailing headers
 * (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html).
 */
export class AwsChunks {
  /** The headers behind the body, by their names in lower case. */
  readonly trailers = new Map<string, string>();
  private state: 'size' | 'bytes' | 'end-of-chunk' | 'trailers' | 'done' = 'size';
  private line = '';
  private left = 0;

  /**
   * The bytes of the object that a piece of the body holds.
   *
   * @throws S3Error for what is not in this form
   */
  *push(piece: Buffer): Generator<Buffer> {
    let position = 0;
    while (position < piece.length) {
      if (this.state === 'bytes') {
        const bytes = piece.subarray(position, position + this.left);
        position += bytes.length;
        this.left -= bytes.length;
        if (this.left === 0) {
          this.state = 'end-of-chunk';
        }
        yield bytes;
      } else {
        const end = piece.indexOf(0x0a, position);
        const stop = end === -1 ? piece.length : end + 1;
        this.line += piece.toString('latin1', position, stop);
        position = stop;
        if (this.line.length > LINE_MAX) {
          throw malformed('a line that does not end');
        }
        if (end !== -1) {
          this.readLine();
        }
      }
    }
  }

  /** @throws S3Error when the body ended early */
  end(): void {
    if (this.state !== 'done') {
      throw new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');
    }
  }

  private readLine(): void {
    if (!this.line.endsWith(CRLF)) {
      throw malformed('a line that does not end in CR LF');
    }
    const line = this.line.slice(0, -CRLF.length);
    this.line = '';
    switch (this.state) {
      case 'size':
        this.readSize(line);
        break;
      case 'end-of-chunk':
        if (line !== '') {
          throw malformed('a chunk that is longer than its size');
        }
        this.state = 'size';
        break;
      case 'trailers':
        this.readTrailer(line);
        break;
      default:
        throw malformed('bytes behind its end');
    }
  }

  private readSize(line: string): void {
    const [, digits = ''] = /^([0-9a-f]{1,8})(;.*)?$/i.exec(line) ?? [];
    if (digits === '') {
      throw malformed(`the size ${JSON.stringify(line)}`);
    }
    this.left = Number.parseInt(digits, 16);
    this.state = this.left === 0 ? 'trailers' : 'bytes';
  }

  private readTrailer(line: string): void {
    if (line === '') {
      this.state = 'done';
      return;
    }
    const [name = '', ...value] = line.split(':');
    this.trailers.set(name.trim().toLowerCase(), value.join(':').trim());
  }
}

function malformed(what: string): S3Error {
  return new S3Error(400, 'InvalidRequest', `The aws-chunked body has ${what}`);
}
