import * as z from 'zod/mini';
import { PlumblineError } from '#core/errors.ts';
import { madeOnce } from './made-once.ts';
import { HUB } from './service-names.ts';

export const MOST_LINES = 60;
export const MOST_MOVES = 200;
export const MOST_ACTORS = 20;
export const MOST_OWNERS = 50;
export const MOST_REASONS = 8;
export const MOST_CONTRACTS = 10;
/** More than this of one line is in the member's own report. */
export const LONGEST_LINE = 1_000;

/** What a member puts on the hub's bus. The account is not in it: EventBridge vouches for that in the envelope. */
const newsSchema = madeOnce(() => {
  const line = z.string().check(z.maxLength(2_000));
  const time = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/));
  return z.object({
    version: z.literal(1),
    finding: z.string().check(z.regex(/^[\w-]{1,64}$/)),
    /** What an alert says of it, or that it ended without one: accepted, or told of in another finding. */
    status: z.enum(['opened', 'changed', 'still-open', 'recovered', 'blind', 'accepted', 'superseded']),
    at: time,
    since: time,
    /** Who mails: the member itself, or the hub. */
    tell: z.enum(['here', 'hub']),
    severity: z.enum(['critical', 'high', 'medium', 'low', 'info']),
    exposure: z.enum(['widened', 'narrowed', 'same', 'unknown']),
    breakage: z.enum(['breaks', 'may-break', 'restores', 'none', 'unknown']),
    /** Present where it is of what the service itself is made of there, not of what it watches. */
    against: z.optional(z.literal('deployed')),
    headline: line,
    /** What it does there, a sentence a line. */
    breaks: z.array(line).check(z.maxLength(MOST_LINES)),
    /** What that does to what is below it, as lines that belong together. */
    affected: z.array(line).check(z.maxLength(MOST_LINES)),
    /** Whether customers are hit, as the logs of use there have it, in a sentence. */
    urgency: z.optional(line),
    /** Who is refused what, as lines that belong together. */
    hit: z.optional(z.array(line).check(z.maxLength(MOST_LINES))),
    /** What of that is news when it becomes another: whether anybody uses it, and about how many failures there are. */
    use: z.optional(line),
    moves: z.array(line).check(z.maxLength(MOST_MOVES)),
    actors: z
      .array(
        z.object({
          session: z.optional(line),
          who: z.optional(line),
          call: z.optional(line),
          userAgent: z.optional(line),
          at: z.optional(time),
          /** How sure the member is that this call made it so. */
          certainty: z.enum(['certain', 'likely', 'several', 'pending', 'unknown']),
          /** Why that is so. */
          reasons: z.optional(z.array(line).check(z.maxLength(MOST_REASONS))),
          /** With what, and whether AWS itself says so. */
          how: z.optional(z.object({ says: line, certainty: z.enum(['recorded', 'claimed']) })),
        }),
      )
      .check(z.maxLength(MOST_ACTORS)),
    /** The contracts of tools that were broken there, a sentence each. */
    contracts: z.optional(z.array(line).check(z.maxLength(MOST_CONTRACTS))),
    /** What else those who did it have done there in the hour around it, as lines that belong together. */
    others: z.optional(z.array(line).check(z.maxLength(MOST_LINES))),
    /** Where the member keeps the whole alert. */
    report: line,
    owners: z.array(line).check(z.maxLength(MOST_OWNERS)),
    acknowledged: z.optional(line),
    /** The alert as its machines read it. Kept, and shown to nobody. */
    alert: z.optional(z.record(z.string(), z.unknown())),
  });
});

export type HubNews = z.infer<ReturnType<typeof newsSchema>>;

/** News as they come, with the account that EventBridge says they are from. */
export interface MemberNews {
  readonly account: string;
  readonly news: HubNews;
}

const envelopeSchema = madeOnce(() =>
  z.object({
    source: z.literal(HUB.source),
    'detail-type': z.literal(HUB.detailType),
    account: z.string().check(z.regex(/^\d{12}$/)),
    detail: newsSchema(),
  }),
);

/**
 * Reads what came over the hub's bus. Whatever the detail says of an account counts for nothing. Throws INPUT_INVALID for what is no
 * such event: it goes where a person finds it.
 */
export function newsFrom(message: unknown): MemberNews {
  const parsed = envelopeSchema().safeParse(message);
  if (parsed.success) return { account: parsed.data.account, news: parsed.data.detail };
  const path = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new PlumblineError(
    'INPUT_INVALID',
    `a message of the hub's queue is no alert of a member: "${path}" is missing or not as expected`,
  );
}
