import { fits } from '../pattern.ts';
import type { Use } from './uses.ts';

/** An application of yours: whose requests these are, and who owns it. */
export interface Application {
  readonly name: string;
  readonly owner?: string | undefined;
  /** How it is known: all that is said has to fit, and any one of each list; `*` stands for any part. */
  readonly is: {
    readonly roles?: readonly string[] | undefined;
    readonly users?: readonly string[] | undefined;
    /** They can be forged: alone they prove nothing. */
    readonly userAgents?: readonly string[] | undefined;
  };
}

/** The application whose requests these are; undefined where none is known by them. The first that fits. Pure. */
export function applicationOf(
  { requester, userAgents }: Pick<Use, 'requester' | 'userAgents'>,
  applications: readonly Application[],
): Application | undefined {
  const name = requester.is === 'principal' ? requester.name : undefined;
  return applications.find(({ is }) => {
    const asked = [
      fitOf(is.roles, nameAfter(name, 'role')),
      fitOf(is.users, nameAfter(name, 'user')),
      ...(is.userAgents === undefined ? [] : [userAgents.some((one) => fitOf(is.userAgents, one) === true)]),
    ].filter((one) => one !== undefined);
    return asked.length > 0 && asked.every(Boolean);
  });
}

/** Undefined: the pattern is not asked for. */
function fitOf(patterns: readonly string[] | undefined, text: string | undefined): boolean | undefined {
  if (patterns === undefined) return undefined;
  return text !== undefined && patterns.some((pattern) => fits(text, pattern));
}

/** The name of a role or a user, with or without its path, as an ARN ends. */
function nameAfter(arn: string | undefined, sort: 'role' | 'user'): string | undefined {
  const at = arn?.indexOf(`:${sort}/`) ?? -1;
  return at === -1
    ? undefined
    : arn
        ?.slice(at + sort.length + 2)
        .split('/')
        .at(-1);
}

/** Whose requests these are, in a few words: the application, else the role or user, else what the log has. */
export function callerText({ requester }: Pick<Use, 'requester'>): string {
  switch (requester.is) {
    case 'anonymous':
      return 'anyone without credentials';
    case 'service':
      return `the service ${requester.name}`;
    case 'origin-access-identity':
      return `CloudFront's origin access identity ${requester.name}`;
    case 'unknown':
      return 'somebody whom the log does not name';
    case 'principal': {
      const role = nameAfter(requester.name, 'role');
      const user = nameAfter(requester.name, 'user');
      if (role !== undefined) return `role ${role}`;
      if (user !== undefined) return `user ${user}`;
      if (requester.name.startsWith('arn:')) return requester.name;
      // What ids of IAM begin with (IAM user guide, unique identifiers); else it is S3's own id of an account.
      const sort = { AROA: 'role', AIDA: 'user' }[requester.name.slice(0, 4)] ?? 'canonical user';
      return `${sort} ${requester.name}`;
    }
  }
}
