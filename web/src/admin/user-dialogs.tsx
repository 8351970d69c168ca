/** What is asked about one account before it is changed. */
import { useState } from "react";

import { isolated, nameOf } from "../person/model/names";
import type { Account, Plan } from "../net/admin-rest";
import { Button } from "../ui/button";
import { FormDialog } from "../ui/form-dialog";
import { Labelled, TextField } from "../ui/labelled";
import { LIMITS } from "../wire/types";
import { strings } from "../words";
import { adminApi, useAdmin } from "./context";
import { parseSize, writeSize } from "./model/quota";
import { suggestPassword } from "./model/password";

const words = strings.admin;

interface DialogProps {
  readonly account: Account;
  readonly plans: readonly Plan[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function EditUser({ account, onDone, onClose }: DialogProps) {
  const { toasts } = useAdmin();
  const [shown, setShown] = useState(account.shown);
  const [email, setEmail] = useState(account.email ?? "");
  const name = isolated(nameOf(account));
  const save = async () => {
    await adminApi.changeAccount(account.id, { shown, email });
    toasts.say(words.changed(name));
    onDone();
  };
  return (
    <FormDialog title={words.editTitle(name)} action={strings.save} onSubmit={save} onClose={onClose}>
      <TextField label={words.name} autoFocus dir="auto" maxLength={80} value={shown} onValue={setShown} />
      <TextField label={words.email} hint={words.emailHint} type="email" value={email} onValue={setEmail} />
    </FormDialog>
  );
}

export function QuotaUser({ account, plans, onDone, onClose }: DialogProps) {
  const { toasts } = useAdmin();
  const [quota, setQuota] = useState(writeSize(account.quota));
  const [plan, setPlan] = useState(account.plan);
  const size = parseSize(quota);
  const name = isolated(nameOf(account));
  const save = async () => {
    const change = { quota: size ?? -1, ...(plan !== account.plan && { plan }) };
    await adminApi.changeAccount(account.id, change);
    toasts.say(words.changed(name));
    onDone();
  };
  return (
    <FormDialog
      title={words.quotaTitle(name)}
      action={strings.save}
      wrong={Number.isNaN(size) ? words.quotaBad : ""}
      onSubmit={save}
      onClose={onClose}
    >
      {plans.length > 0 && (
        <Labelled label={words.plan}>
          {(field) => (
            <select className="field whole" value={plan} onChange={({ target }) => setPlan(target.value)} {...field}>
              {plans.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      )}
      <TextField label={words.quotaOwn} hint={words.quotaHint} autoFocus value={quota} onValue={setQuota} />
    </FormDialog>
  );
}

/** Fills its field with one that can be read aloud. */
export function PasswordSuggested({ label, hint, value, onValue }: FieldProps) {
  return (
    <Labelled label={label} {...(hint !== undefined && { hint })}>
      {(field) => (
        <div className="copy-field">
          <input
            className="field whole"
            autoComplete="off"
            spellCheck={false}
            dir="ltr"
            value={value}
            onChange={({ target }) => onValue(target.value)}
            {...field}
          />
          <Button
            look="outlined"
            onClick={() => onValue(suggestPassword((bytes) => void crypto.getRandomValues(bytes)))}
          >
            {words.suggest}
          </Button>
        </div>
      )}
    </Labelled>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export function PasswordUser({ account, onDone, onClose }: DialogProps) {
  const { toasts } = useAdmin();
  const [password, setPassword] = useState("");
  const name = isolated(nameOf(account));
  const save = async () => {
    await adminApi.changeAccount(account.id, { password });
    toasts.say(words.passwordSet(name));
    onDone();
  };
  return (
    <FormDialog
      title={words.passwordTitle(name)}
      detail={words.passwordDetail}
      action={words.setPassword}
      ready={password.length >= LIMITS.PASSWORD_CHARS_LEAST}
      onSubmit={save}
      onClose={onClose}
    >
      <PasswordSuggested
        label={words.passwordNew}
        hint={strings.account.passwordHint(LIMITS.PASSWORD_CHARS_LEAST)}
        value={password}
        onValue={setPassword}
      />
    </FormDialog>
  );
}

/** The login is typed, so that it is not the next one in the list. */
export function DeleteUser({ account, onDone, onClose }: DialogProps) {
  const { toasts } = useAdmin();
  const [typed, setTyped] = useState("");
  const name = isolated(nameOf(account));
  const remove = async () => {
    await adminApi.removeAccount(account.id);
    toasts.say(words.deleted(name));
    onDone();
  };
  return (
    <FormDialog
      title={words.deleteTitle(name)}
      detail={words.deleteDetail}
      action={words.deleteConfirm}
      danger
      ready={typed.trim() === account.login}
      onSubmit={remove}
      onClose={onClose}
    >
      <TextField
        label={words.deleteType(account.login)}
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onValue={setTyped}
      />
    </FormDialog>
  );
}
