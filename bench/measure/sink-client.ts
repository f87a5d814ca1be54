import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';

/** Reads and removes what the measured put into the sink. */
export class SinkClient {
  private readonly agent: Agent;

  /** @param authority the PEM file of whom to trust */
  constructor(
    private readonly url: string,
    authority: string,
  ) {
    this.agent = new Agent({ ca: readFileSync(authority), keepAlive: true });
  }

  /** An object's bytes, and how many they are. @throws Error when it is not there */
  async get(path: string): Promise<{ bytes: IncomingMessage; size: number }> {
    const bytes = await this.send('GET', path);
    return { bytes, size: Number(bytes.headers['content-length']) };
  }

  async remove(path: string): Promise<void> {
    (await this.send('DELETE', path)).resume();
  }

  private async send(method: string, path: string): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: 'the benchmark itself' };
      request(`${this.url}/${path}`, { method, agent: this.agent, headers }, resolve).once('error', reject).end();
    });
    if ((answer.statusCode ?? 0) >= 300) {
      answer.resume();
      throw new Error(`${method} ${path} at the sink answered ${answer.statusCode}`);
    }
    return answer;
  }
}
