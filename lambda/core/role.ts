/** A role of one account. */
export interface Role {
  readonly partition: string;
  readonly account: string;
  /** With its path before it, where it has one. */
  readonly name: string;
}

/** Letters, digits and the few signs that IAM allows in the names and paths of roles. */
const ROLE_NAME = /^[\w+=,.@-]+(\/[\w+=,.@-]+)*$/;

const ROLE_ARN = /^arn:([a-z-]+):iam::(\d{12}|\*):role\/(.+)$/;

export function isRoleName(text: string): boolean {
  return ROLE_NAME.test(text);
}

/** Reads a role's ARN. The account may be `*`: the role of that name in any account. `undefined` for what is none. */
export function parseRole(text: string): Role | undefined {
  const [, partition = '', account = '', name = ''] = ROLE_ARN.exec(text) ?? [];
  return isRoleName(name) ? { partition, account, name } : undefined;
}

export function printRole({ partition, account, name }: Role): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}
