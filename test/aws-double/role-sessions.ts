import { randomUUID } from 'node:crypto';
import { Refused } from './request.ts';
import type { World } from './world.ts';

/** What AssumeRole hands out. */
export interface RoleSession {
  readonly accessKey: string;
  readonly account: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`: the path of a role is not in it. */
  readonly arn: string;
}

const ROLE = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** The sessions of assumed roles, in any of the double's accounts. */
export class RoleSessions {
  readonly #sessions = new Map<string, RoleSession>();

  get arns(): readonly string[] {
    return [...this.#sessions.values()].map(({ arn }) => arn);
  }

  /** A role that is not there is refused in the words of one that does not trust the caller. */
  assume({ members }: World, asked: { role: string; sessionName: string; caller: string }): RoleSession {
    if (!SESSION_NAME.test(asked.sessionName)) throw new Refused('ValidationError', 400);
    const [, account = '', name = ''] = ROLE.exec(asked.role) ?? [];
    if (members === undefined || !Object.hasOwn(members, account))
      throw new Refused(
        'AccessDenied',
        403,
        `User: ${asked.caller} is not authorized to perform: sts:AssumeRole on resource: ${asked.role}`,
      );
    const session = {
      accessKey: `ASIA${randomUUID().slice(-12).toUpperCase()}`,
      account,
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${asked.sessionName}`,
    };
    this.#sessions.set(session.accessKey, session);
    return session;
  }

  of(accessKey: string | undefined): RoleSession | undefined {
    return accessKey === undefined ? undefined : this.#sessions.get(accessKey);
  }

  forget(): void {
    this.#sessions.clear();
  }
}
