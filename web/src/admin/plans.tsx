/** Plans: what accounts may use. */
import { Layers, MoreVertical, Plus } from "lucide-react";
import { useState } from "react";

import { isolated } from "../person/model/names";
import { PanelHead, PanelNothing } from "../panel/panel";
import { ReadingLine } from "../panel/reading-line";
import type { Plan } from "../net/admin-rest";
import { Button } from "../ui/button";
import { Confirm } from "../ui/dialog";
import { useRead } from "../ui/doing";
import { bytes, count } from "../ui/format";
import { FormDialog } from "../ui/form-dialog";
import { TextField } from "../ui/labelled";
import { Menu } from "../ui/menu";
import { strings } from "../words";
import { adminApi, useAct, useAdmin } from "./context";
import { parseSize, writeSize } from "./model/quota";
import { type Column, Table } from "./table";

const words = strings.admin;
const readPlans = () => adminApi.plans();

type Asked = { readonly t: "edit"; readonly plan: Plan | null } | { readonly t: "delete"; readonly plan: Plan };

export function Plans() {
  const reading = useRead(readPlans);
  const [asked, setAsked] = useState<Asked | null>(null);
  const act = useAct(reading.again);
  const close = () => setAsked(null);
  const columns: readonly Column<Plan>[] = [
    {
      key: "name",
      title: words.planTitle,
      narrow: true,
      cell: (plan) => (
        <span className="who-cell">
          <bdi className="person-name">{plan.name}</bdi>
          {plan.standard && <span className="badge night">{words.planStandard}</span>}
        </span>
      ),
    },
    {
      key: "quota",
      title: words.planQuota,
      number: true,
      narrow: true,
      width: "112px",
      cell: ({ quota }) => (quota === null ? words.quotaNone : bytes(quota)),
    },
    {
      key: "runtimes",
      title: words.planRuntimes,
      number: true,
      width: "20%",
      cell: ({ runtimes }) => (runtimes === null ? words.quotaNone : count(runtimes)),
    },
    { key: "accounts", title: words.planAccounts, number: true, width: "16%", cell: (plan) => count(plan.accounts) },
    {
      key: "more",
      title: words.column.more,
      quiet: true,
      narrow: true,
      width: "56px",
      cell: (plan) => (
        <span className="cell-end">
          <Menu
            label={words.actions(isolated(plan.name))}
            icon={MoreVertical}
            groups={[
              [{ id: "edit", title: words.planEdit, run: () => setAsked({ t: "edit", plan }) }],
              plan.standard || plan.accounts > 0
                ? []
                : [{ id: "delete", title: words.delete, danger: true, run: () => setAsked({ t: "delete", plan }) }],
            ]}
          />
        </span>
      ),
    },
  ];
  return (
    <>
      <PanelHead title={words.part.plans} note={words.plansNote}>
        <Button look="primary" icon={Plus} onClick={() => setAsked({ t: "edit", plan: null })}>
          {words.newPlan}
        </Button>
      </PanelHead>
      <ReadingLine reading={reading} />
      {reading.value?.length === 0 && <PanelNothing icon={Layers} title={words.plansNone} />}
      {reading.value !== null && reading.value.length > 0 && (
        <Table label={words.part.plans} columns={columns} rows={reading.value} rowKey={({ id }) => id} />
      )}
      {asked?.t === "edit" && <PlanDialog plan={asked.plan} onDone={reading.again} onClose={close} />}
      {asked?.t === "delete" && (
        <Confirm
          title={words.planDelete(isolated(asked.plan.name))}
          detail={words.planDeleteDetail}
          action={strings.remove}
          onConfirm={() => act(() => adminApi.removePlan(asked.plan.id), words.planDeleted(isolated(asked.plan.name)))}
          onClose={close}
        />
      )}
    </>
  );
}

interface PlanProps {
  readonly plan: Plan | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function PlanDialog({ plan, onDone, onClose }: PlanProps) {
  const { toasts } = useAdmin();
  const [name, setName] = useState(plan?.name ?? "");
  const [quota, setQuota] = useState(writeSize(plan?.quota ?? null));
  const [runtimes, setRuntimes] = useState(String(plan?.runtimes ?? ""));
  const size = parseSize(quota);
  const whole = /^\d{0,6}$/.test(runtimes.trim());
  const wrong = Number.isNaN(size) ? words.quotaBad : whole ? "" : words.planRuntimesBad;
  const save = async () => {
    const wanted = {
      name: name.trim(),
      quota: size,
      runtimes: runtimes.trim() === "" ? null : Number(runtimes),
    };
    const done = plan === null ? await adminApi.makePlan(wanted) : await adminApi.changePlan(plan.id, wanted);
    toasts.say((plan === null ? words.planMade : words.planSaved)(isolated(done.name)));
    onDone();
  };
  return (
    <FormDialog
      title={plan === null ? words.newPlan : words.planTitle}
      action={plan === null ? words.makePlan : strings.save}
      ready={name.trim() !== ""}
      wrong={wrong}
      onSubmit={save}
      onClose={onClose}
    >
      <TextField label={words.name} autoFocus dir="auto" maxLength={80} value={name} onValue={setName} />
      <TextField label={words.planQuota} hint={words.planEmpty} value={quota} onValue={setQuota} />
      <TextField
        label={words.planRuntimes}
        hint={words.planEmpty}
        inputMode="numeric"
        value={runtimes}
        onValue={setRuntimes}
      />
    </FormDialog>
  );
}
