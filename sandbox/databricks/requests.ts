/** How often each call was made that was let in: `GET /_sandbox/requests`. */
export class Requests {
  private readonly made = new Map<string, number>();

  /** @param call `GET model-versions/search` */
  record(call: string): void {
    this.made.set(call, (this.made.get(call) ?? 0) + 1);
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(this.made);
  }
}
