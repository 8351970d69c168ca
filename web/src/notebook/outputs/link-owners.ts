/**
 * Which frame of the page works which link. One alone: two that carry the same change to the other end would overtake
 * each other, and the end would be left where it was.
 */
export class LinkOwners {
  private readonly owners = new Map<string, object>();

  claim(link: string, frame: object): boolean {
    const owner = this.owners.get(link) ?? frame;
    this.owners.set(link, owner);
    return owner === frame;
  }

  release(frame: object): void {
    for (const [link, owner] of this.owners) if (owner === frame) this.owners.delete(link);
  }
}
