import type { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { isRoleName, parseRole, printRole, type Role } from '#core/role.ts';

/** An account to look at: as who signed in, or as a role there. */
export interface Account {
  readonly id: string;
  readonly role?: Role;
}

export interface AccountRoleOption {
  readonly accountRole?: readonly string[];
}

export interface AccountsOptions extends AccountRoleOption {
  readonly accounts?: readonly string[];
}

/** What the options say, before it is known who signed in. */
export interface AskedAccounts {
  /** In the order in which they were named; none: the caller's own. */
  readonly ids: readonly string[];
  /** By account: the roles that were named with their account. */
  readonly roles: ReadonlyMap<string, Role>;
  /** The role in each other account. */
  readonly everywhere: AskedRole | undefined;
}

/** A role as it was written. Without an account it is that of each account; without a partition it is in the caller's. */
interface AskedRole extends Pick<Role, 'name'> {
  readonly text: string;
  readonly partition?: string;
  readonly account?: string;
}

/** For people to follow. */
export const EXAMPLE_ROLE = printRole({ partition: 'aws', account: '444455556666', name: 'plumbline-reader' });
const EXAMPLE_ACCOUNTS = '--accounts 111122223333,444455556666';

const ACCOUNT_ID = /^\d{12}$/;

/** `more` is what else may be written than ids. */
export function withAccountsOptions(command: Command, more = ''): Command {
  return command
    .option(
      '--accounts <ids>',
      `look at these accounts: ids with commas between${more} (default: your own)`,
      (ids: string, before?: readonly string[]) => [...(before ?? []), ...ids.split(',').map((id) => id.trim())],
    )
    .option(
      '--account-role <role>',
      'the role to assume: its name, or its ARN with * for the account, in each of --accounts but your own; or its whole ARN, whose account is then looked at: may be repeated',
      collectRole,
    );
}

/** For the commands that look at one account. */
export function withAccountRoleOption(command: Command): Command {
  return command.option('--account-role <arn>', 'assume this role, and look at its account', collectRole);
}

function collectRole(role: string, before?: readonly string[]): readonly string[] {
  return [...(before ?? []), role];
}

/** The one role that was asked for, if any. Throws ARGUMENT_INVALID. */
export function roleAsked({ accountRole = [] }: AccountRoleOption): Role | undefined {
  const [text, ...others] = accountRole;
  if (text === undefined) return undefined;
  if (others.length > 0) throw refusal('--account-role: this command looks at one account, so name one role');
  const role = readRole(text);
  if (hasAccount(role)) return role;
  throw refusal(`--account-role ${text}: write the ARN of one role, such as ${EXAMPLE_ROLE}`);
}

/** Are all accounts asked for, whichever they are? Throws ARGUMENT_INVALID where ids stand beside that. */
export function isAllAsked({ accounts = [] }: AccountsOptions): boolean {
  if (!accounts.includes('all')) return false;
  if (accounts.length > 1) throw refusal('--accounts all: it stands for every account: leave the ids out');
  return true;
}

/** The accounts that were asked for. Throws ARGUMENT_INVALID. */
export function accountsAsked({ accounts = [], accountRole = [] }: AccountsOptions): AskedAccounts {
  for (const id of accounts) refuseNoId(id);
  const asked = accountRole.map(readRole);
  const roles = asked.filter(hasAccount);
  const [everywhere, another] = asked.filter((role) => !hasAccount(role));
  const twice = firstTwice(accounts);
  if (twice !== undefined) throw refusal(`--accounts: ${twice} stands twice: name each account once`);
  const rival = firstTwice(roles.map(({ account }) => account));
  if (rival !== undefined)
    throw refusal(`--account-role: two roles are of account ${rival}: name one role for each account`);
  if (another !== undefined)
    throw refusal(
      `--account-role ${another.text}: ${everywhere?.text} already stands for every account: write the ARNs of roles that are called otherwise`,
    );
  if (everywhere !== undefined && accounts.length === 0)
    throw refusal(
      `--account-role ${everywhere.text}: say in which accounts, such as ${EXAMPLE_ACCOUNTS}, or write the ARN of one role, such as ${EXAMPLE_ROLE}`,
    );
  return {
    ids: [...new Set([...accounts, ...roles.map(({ account }) => account)])],
    roles: new Map(roles.map((role) => [role.account, role])),
    everywhere,
  };
}

/** Each account with the role to assume there; the caller's own needs none. Throws ARGUMENT_INVALID where one is missing. */
export function accountsFor(
  { ids, roles, everywhere }: AskedAccounts,
  caller: { readonly account: string; readonly partition: string },
): readonly Account[] {
  if (ids.length === 0) return [{ id: caller.account }];
  return ids.map((id) => {
    const role = roles.get(id);
    if (role !== undefined) return { id, role };
    if (id === caller.account) return { id };
    if (everywhere === undefined)
      throw refusal(`--accounts ${id}: say which role to assume there, such as --account-role plumbline-reader`);
    return { id, role: { partition: everywhere.partition ?? caller.partition, account: id, name: everywhere.name } };
  });
}

function readRole(text: string): AskedRole {
  const role = parseRole(text);
  if (role?.account === '*') return { text, partition: role.partition, name: role.name };
  if (role !== undefined) return { text, ...role };
  if (isRoleName(text)) return { text, name: text };
  throw refusal(
    `--account-role ${text}: this is no role: write its ARN, such as ${EXAMPLE_ROLE}, or its name together with --accounts`,
  );
}

function hasAccount(role: AskedRole): role is AskedRole & Role {
  return role.account !== undefined;
}

function refuseNoId(id: string): void {
  if (ACCOUNT_ID.test(id)) return;
  throw refusal(
    id === 'all'
      ? `--accounts all: Plumbline does not ask which accounts there are: name each by its id, such as ${EXAMPLE_ACCOUNTS}`
      : `--accounts ${id}: an account's id has 12 digits: write such as ${EXAMPLE_ACCOUNTS}`,
  );
}

function firstTwice(words: readonly string[]): string | undefined {
  return words.find((word, index) => words.indexOf(word) !== index);
}

function refusal(says: string): PlumblineError {
  return new PlumblineError('ARGUMENT_INVALID', says);
}
