import type { ModelRegistry } from '../../../lambda/shared/registry/registry';
import { type FakeServer, json } from '../fake-server';

/** A registry that has no time for some requests. */
export class BusyRegistry {
  /** How often it was asked since it was told to be busy. */
  asked = 0;

  constructor(private readonly server: FakeServer) {}

  /** Answers so for a number of requests, and then well. */
  busy(times: number, status: number, headers: Record<string, string> = {}): void {
    this.asked = 0;
    this.server.answer = (_request, response) => {
      this.asked += 1;
      if (this.asked <= times) {
        response.writeHead(status, headers).end('{"error_code": "X", "message": "no"}');
      } else {
        json(response, {});
      }
    };
  }
}

/** One request that reads. */
export function reading(registry: ModelRegistry): Promise<boolean> {
  return registry.isEmpty();
}
