import type { Ledger, LedgerItem, LedgerKey } from './ports.ts';
import { DRIFT } from './record.ts';
import { FINDING } from './finding-family.ts';
import { isMembersFinding } from './hub-record.ts';

/** Before the families of the members' findings: what the hub tells never mixes with what its own account tells. */
const PREFIX = 'hub-';

export const HUB_RECORD = `${PREFIX}${DRIFT}`;
export const HUB_FINDING = `${PREFIX}${FINDING}`;

/** The ledger as the teller of the hub sees it: the members' findings are its drifts. */
export function hubLedger(ledger: Ledger): Ledger {
  const inside = <K extends LedgerKey>(key: K): K => ({ ...key, family: `${PREFIX}${key.family}` });
  const outside = <K extends LedgerKey>(key: K): K => ({ ...key, family: key.family.slice(PREFIX.length) });
  return {
    read: async (key) => {
      const item = await ledger.read(inside(key));
      return item === undefined ? undefined : outside(item);
    },
    readMany: async (keys) => (await ledger.readMany(keys.map(inside))).map(outside),
    write: (item) => ledger.write(inside(item)),
    due: async (until) => (await ledger.due(until)).filter(({ family }) => family.startsWith(PREFIX)).map(outside),
    list: async (family) => (await ledger.list(`${PREFIX}${family}`)).map(outside),
  };
}

/**
 * The ledger for whoever answers at the hub: a finding that is none of the account's own may be one of the hub's. What is read bears the
 * family that it is kept in, so what is written goes back there.
 */
export function withHubFindings(ledger: Ledger): Ledger {
  const isMembers = ({ family, id }: LedgerKey): boolean => family === DRIFT && isMembersFinding(id.split('/')[2]);
  return {
    read: async (key) =>
      (await ledger.read(key)) ?? (key.family === FINDING ? ledger.read({ ...key, family: HUB_FINDING }) : undefined),
    readMany: (keys) => ledger.readMany(keys.map((key) => (isMembers(key) ? { ...key, family: HUB_RECORD } : key))),
    write: (item: LedgerItem) => ledger.write(item),
    due: (until) => ledger.due(until),
    list: async (family) =>
      family === FINDING ? [...(await ledger.list(FINDING)), ...(await ledger.list(HUB_FINDING))] : ledger.list(family),
  };
}
