/** How many of something each client has, and all of them together. */
export class Tally {
  private readonly byClient = new Map<string, number>();
  private sum = 0;

  get all(): number {
    return this.sum;
  }

  of(client: string): number {
    return this.byClient.get(client) ?? 0;
  }

  add(client: string): void {
    this.sum += 1;
    this.byClient.set(client, this.of(client) + 1);
  }

  remove(client: string): void {
    this.sum -= 1;
    const left = this.of(client) - 1;
    if (left > 0) this.byClient.set(client, left);
    else this.byClient.delete(client);
  }
}
