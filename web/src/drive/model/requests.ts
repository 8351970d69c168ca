/** Who asks for access to what is this person's: read when the server says that there are others than before. No React. */
import { type AccessRequest, type GivenRole, nameOfPerson, type SharingRest } from "../../net/sharing-rest";
import { shownName } from "../../notebook/model/file-names";
import { strings } from "../../words";
import type { DeedPorts } from "./deeds";
import type { Desk } from "./desk";
import { problemOf } from "./listing";
import { Value } from "../../ui/value";

const words = strings.share;

export class Requests {
  readonly list = new Value<readonly AccessRequest[]>([]);
  readonly busy = new Value(false);
  private readonly desk: Desk;
  private readonly api: SharingRest;
  private readonly ports: Pick<DeedPorts, "say" | "complain">;
  private count = 0;

  constructor(desk: Desk, api: SharingRest, ports: Pick<DeedPorts, "say" | "complain">) {
    this.desk = desk;
    this.api = api;
    this.ports = ports;
    desk.info.subscribe(() => {
      const count = desk.info.read()?.requests ?? 0;
      if (count === this.count) return;
      this.count = count;
      void this.read();
    });
  }

  accept(request: AccessRequest, role: GivenRole): Promise<void> {
    const { item, user } = request;
    return this.answer(request, words.accepted(nameOfPerson(user), shownName(item.name)), async () => {
      await this.api.grant(item.id, { kind: "user", whom: user.id, role, expires_at: null });
    });
  }

  refuse(request: AccessRequest): Promise<void> {
    const { item, user } = request;
    return this.answer(request, words.refused(nameOfPerson(user)), () => this.api.refuse(item.id, user.id));
  }

  private async answer(request: AccessRequest, said: string, act: () => Promise<void>): Promise<void> {
    this.busy.become(true);
    try {
      await act();
      this.list.become(this.list.read().filter((one) => one !== request));
      this.ports.say(said);
    } catch (error) {
      this.ports.complain(problemOf(error));
      await this.read();
    } finally {
      this.busy.become(false);
    }
    void this.desk.readInfo();
  }

  private async read(): Promise<void> {
    if (this.count === 0) {
      this.list.become([]);
      return;
    }
    // It is asked again with the next change of their number.
    const found = await this.api.requests().catch(() => null);
    if (found !== null) this.list.become(found);
  }
}
