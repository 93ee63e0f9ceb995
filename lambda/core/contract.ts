import type { Actor } from './event.ts';
import { fits } from './pattern.ts';
import type { ResourceRef } from './reference.ts';

/** What a tool of yours may write of what is watched. */
export interface ToolContract {
  readonly tool: string;
  /** How it is known: all that is said has to fit, and any one of each list; `*` stands for any part. */
  readonly is: {
    readonly roles?: readonly string[];
    readonly sessions?: readonly string[];
    /** Lambda functions that hold its credentials. */
    readonly functions?: readonly string[];
    readonly accessKeys?: readonly string[];
    /** They can be forged: alone they prove nothing. */
    readonly userAgents?: readonly string[];
  };
  /** Tails of references, such as `waf-ip-set/partners`; `*` stands for any part. None: it only checks. */
  readonly mayChange: readonly string[];
  /** Why there is such a contract. */
  readonly actionItem?: string;
}

/** What a contract says of one write. */
export interface ContractWord {
  readonly tool: string;
  readonly isBroken: boolean;
  readonly mayChange: readonly string[];
  readonly actionItem?: string;
}

/** What the contract of the tool that called says of a write; undefined where no tool is known to have called. Pure. */
export function contractOf(
  actor: Actor,
  ref: ResourceRef,
  contracts: readonly ToolContract[],
): ContractWord | undefined {
  const words = contracts.filter((contract) => isTool(actor, contract)).map((contract) => wordOf(contract, ref));
  return words.find(({ isBroken }) => !isBroken) ?? words[0];
}

/** The tools that broke their contract, each once, sorted. Pure. */
export function toolsAtFault(causes: readonly { readonly contract?: ContractWord }[]): readonly string[] {
  const tools = causes.flatMap(({ contract }) => (contract?.isBroken === true ? contract.tool : []));
  return [...new Set(tools)].sort((a, b) => (a < b ? -1 : 1));
}

function wordOf({ tool, mayChange, actionItem }: ToolContract, ref: ResourceRef): ContractWord {
  const isBroken = !mayChange.some((pattern) => isTailOf(ref, pattern));
  return { tool, isBroken, mayChange, ...(actionItem === undefined ? {} : { actionItem }) };
}

function isTool({ who, session, userAgent }: Actor, { is }: ToolContract): boolean {
  const [, ofLambda] = /:lambda:[^:]*:\d+:function:([^:;]+)/.exec(who.via ?? '') ?? [];
  const asked: readonly (readonly [readonly string[] | undefined, string | undefined])[] = [
    [is.roles, who.role],
    [is.sessions, who.session],
    [is.functions, ofLambda],
    [is.accessKeys, session],
    [is.userAgents, userAgent],
  ];
  const said = asked.filter(([patterns]) => patterns !== undefined);
  return (
    said.length > 0 &&
    said.every(([patterns = [], text]) => text !== undefined && patterns.some((pattern) => fits(text, pattern)))
  );
}

/** The resource's reference, or a tail of it that begins with a whole part. */
function isTailOf({ account, region, kind, id }: ResourceRef, pattern: string): boolean {
  return [`${kind}/${id}`, `${region}/${kind}/${id}`, `${account}/${region}/${kind}/${id}`].some((tail) =>
    fits(tail, pattern),
  );
}
