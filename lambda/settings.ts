import { Document, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod/mini';
import { PlumblineError } from '#core/errors.ts';
import { application } from './settings-application.ts';
import { evidence } from './settings-evidence.ts';
import { placeOf, sentenceOf, type Source } from './settings-source.ts';
import { mirrored, network } from './settings-addresses.ts';
import { tool } from './settings-tool.ts';
import { said, text } from './settings-words.ts';
import { SWEEP_INTERVALS } from './sweep-interval.ts';

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** Where events of global things are recorded (aws-facts §4.1). */
const GLOBAL_EVENTS = 'us-east-1';

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

const ADDRESS_WAYS = ['email', 'https', 'sqs', 'lambda'] as const;

const days = (most: number) =>
  z
    .number()
    .check(
      z.int('must be a whole number of days'),
      z.minimum(1, 'must be a day or more'),
      z.maximum(most, `must be at most ${most} days`),
    );

const actionItem = z.strictObject({
  id: said('As a check names it, such as TM-1.', text(/^[A-Z]+-\d+$/, 'must look like TM-1')),
  title: said('What is to be done.', z.string()),
  horizon: said('Until when, in words of your own.', z.optional(z.string()), { examples: ['now', '1 month'] }),
});

const incident = z.strictObject({
  slug: said(
    "The last part of the post's address, after the base.",
    text(/^[a-z0-9-]+$/, 'must be lower-case words joined by hyphens'),
  ),
  title: said('What an alert calls it.', z.string()),
  actionItems: said(
    'What was resolved after it. An id stands once in the whole file.',
    z._default(z.array(actionItem), []),
  ),
});

/** One who is told: exactly one way to them, and what they want to hear of. */
const subscriber = said(
  `One who is told: exactly one of ${ADDRESS_WAYS.join(', ')}, and what they want to hear of.`,
  z
    .strictObject({
      email: said(
        'An address of mail, which AWS asks to confirm.',
        z.optional(text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'must be an address such as oncall@example.com')),
      ),
      https: said(
        'An endpoint that takes JSON, such as that of an on-call service.',
        z.optional(text(/^https:\/\/\S+$/, 'must be an address that starts with https://')),
      ),
      sqs: said(
        'The ARN of a queue.',
        z.optional(text(/^arn:[\w-]+:sqs:[\w-]+:\d{12}:\S+$/, 'must be the ARN of a queue')),
      ),
      lambda: said(
        'The ARN of a function.',
        z.optional(text(/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:\S+$/, 'must be the ARN of a function')),
      ),
      severities: said(
        'Only these severities; left out: all, and the digest.',
        z.optional(
          z
            .array(z.enum(SEVERITIES, { error: `must be one of ${SEVERITIES.join(', ')}` }))
            .check(z.minLength(1, 'must name a severity, or be left out for all')),
        ),
      ),
      owners: said(
        "Only what these own, as the owner tags name them; left out: everybody's.",
        z.optional(z.array(z.string()).check(z.minLength(1, 'must name an owner, or be left out for all'))),
      ),
    })
    .check(
      z.refine((one) => ADDRESS_WAYS.filter((way) => one[way] !== undefined).length === 1, {
        error: `must have exactly one of ${ADDRESS_WAYS.join(', ')}`,
      }),
    ),
  { oneOf: ADDRESS_WAYS.map((way) => ({ type: 'object', properties: { [way]: true }, required: [way] })) },
);

const region = () => text(REGION, 'must be a region such as us-east-1');

/** Where findings of several accounts come together. */
const hub = z.strictObject({
  account: said(
    'The 12 digits of the hub account, in quotes: a number would lose a leading zero.',
    text(/^\d{12}$/, 'must be the 12 digits of an account, in quotes'),
    { examples: ['999988887777'] },
  ),
  region: said("The hub's home region.", region()),
  organization: said(
    'The organization whose accounts may tell the hub.',
    text(/^o-[a-z0-9]{10,32}$/, 'must be the id of an organization, such as o-a1b2c3d4e5'),
  ),
  tell: said(
    'Who mails: each account itself, or the hub once for all accounts that one cause moved.',
    z._default(z.enum(['here', 'hub'], { error: 'must be here or hub' }), 'here'),
  ),
  readers: said(
    'The roles of the hub account that may read the members, by name; * stands for any part of one.',
    z._default(
      z
        .array(
          text(
            /^(?=.*\w)[\w+=,.@*-]+(\/[\w+=,.@*-]+)*$/,
            'must be the name of a role in the hub account, with its path before it; * stands for any part',
          ),
        )
        .check(z.minLength(1, 'must name a role, or be left out')),
      ['Plumbline-On*'],
    ),
    { examples: [['Plumbline-On*', 'aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Audit_*']] },
  ),
});

/** Is it a name of the time zone database, as this machine knows it? */
export const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

export const isRegionName = (name: string): boolean => REGION.test(name);

/** Everything that `plumbline.yaml` may hold. */
export const settingsSchema = z.strictObject({
  regions: said(
    'The regions to look at; left out: all that are enabled in the account.',
    z.optional(z.array(region()).check(z.minLength(1, 'must name a region, or be left out for all'))),
    { examples: [['us-east-1', 'eu-west-1']] },
  ),
  ownerTags: said(
    'The tag keys that name an owner; the first that a resource bears wins.',
    z._default(z.array(z.string()), ['owner', 'team']),
  ),
  timeZone: said(
    'The clock of whoever reads the alerts: a name of the time zone database.',
    z._default(
      z
        .string()
        .check(z.refine(isTimeZone, { error: 'must be a name of the time zone database, such as America/New_York' })),
      'UTC',
    ),
    { examples: ['America/New_York', 'Europe/Berlin'] },
  ),
  schedule: said(
    'When the deployed service does what no change asks of it.',
    z._default(
      z.strictObject({
        sweepEvery: said(
          'How often everything is read again, whatever was heard of changes.',
          z._default(
            z.enum(SWEEP_INTERVALS, {
              error: `must be one of ${SWEEP_INTERVALS.join(', ')}`,
            }),
            '3 hours',
          ),
        ),
        digestAt: said(
          'When the daily digest is sent, in the time zone above.',
          z._default(text(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as 08:00'), '08:00'),
        ),
      }),
      { sweepEvery: '3 hours', digestAt: '08:00' },
    ),
  ),
  tell: said(
    'Who is told what by the deployed service.',
    z._default(
      z.strictObject({
        alerts: said('Those who are told what has moved.', z._default(z.array(subscriber), [])),
        selfWatch: said(
          'Those who are told when the service itself is unwell: other readers than those of the alerts.',
          z._default(z.array(subscriber), []),
        ),
        chat: said(
          'A topic of its own for Amazon Q Developer in chat applications, which reads no other body.',
          z._default(z.boolean(), false),
        ),
      }),
      { alerts: [], selfWatch: [], chat: false },
    ),
  ),
  keep: said(
    'How long the deployed service keeps what it writes.',
    z._default(
      z.strictObject({
        snapshotsDays: said('Days that a snapshot is kept.', z._default(days(3650), 90)),
        logsDays: said(
          'Days that the logs are kept.',
          z._default(
            z.enum({ d7: 7, d30: 30, d90: 90, d180: 180, d365: 365 }, { error: 'must be 7, 30, 90, 180 or 365' }),
            90,
          ),
        ),
        objectLockDays: said(
          'For so many days nothing in the audit bucket can be deleted or changed, but by who may bypass governance retention; left out: no such lock.',
          z.optional(days(3650)),
        ),
      }),
      { snapshotsDays: 90, logsDays: 90 },
    ),
  ),
  feeds: said(
    'Further regions whose events reach the service at once; what happens in others is found by the sweep. Left out: those of "regions", and us-east-1.',
    z.optional(
      z
        .array(region())
        .check(z.refine((names) => new Set(names).size === names.length, { error: 'must name each region once' })),
    ),
    { examples: [['us-east-1', 'eu-west-1']] },
  ),
  tools: said(
    'What tools of yours may change. A write beyond that is told as a broken contract, also where the value is better than before.',
    z._default(z.array(tool), []),
  ),
  applications: said(
    'Applications of yours, by which the requests in a log are known; the first that fits counts.',
    z._default(z.array(application), []),
  ),
  evidence: said(
    'Logs of use, which the deployed service reads after a change of a bucket or of the block: who used what it breaks, and who is refused since.',
    z.optional(evidence),
  ),
  networks: said(
    'Addresses that are known to be used, by whom: a change that refuses them breaks something for sure.',
    z._default(z.array(network), []),
  ),
  mirroredIpSets: said(
    'WAF IP sets that are to be equal, such as one for load balancers and one for CloudFront: a finding says by what they differ.',
    z._default(z.array(mirrored), []),
    { examples: [[['us-east-1/waf-ip-set/alb-deny-list', 'global/waf-ip-set/cloudfront-deny-list']]] },
  ),
  hub: said('The account where the findings of several accounts come together.', z.optional(hub)),
  postmortems: said(
    'The incidents that the checks exist for. A check names action items; their titles and links come from here.',
    z._default(
      z.strictObject({
        base: said(
          'The address that each slug is put after.',
          z.url({
            protocol: /^https?$/,
            error: 'must be an address such as https://status.example.com/postmortems/',
          }),
          { pattern: '^https?:', examples: ['https://status.example.com/postmortems/'] },
        ),
        incidents: said('One entry a postmortem.', z.array(incident)),
      }),
      { base: 'https://example.com/', incidents: [] },
    ),
  ),
});

export type Settings = z.infer<typeof settingsSchema>;

/** The same as it is written: what has a default may be left out. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** Settings that are no file, as a program gives them; read as strictly, and a mistake is told by its key. Throws SETTING_INVALID. */
export function settingsFrom(value: SettingsInput, name: string): Settings {
  return checked({ document: new Document(value) as Document.Parsed, file: name, schema: settingsSchema });
}

/**
 * Reads the text of a settings file strictly. Throws SETTING_INVALID: one sentence with file, line, key, and the nearest known key
 * or value.
 */
export function parseSettings(text: string, file: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken) {
    const says = broken.message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'is no YAML';
    throw new PlumblineError('SETTING_INVALID', `${file}:${lines.linePos(broken.pos[0]).line}: ${says}`, {
      cause: broken,
    });
  }
  return checked({ document, file, lines, schema: settingsSchema });
}

function checked(source: Source): Settings {
  const { document, file } = source;
  const parsed = settingsSchema.safeParse(valueOf(document, file) ?? {});
  if (parsed.success) return refuseUnseenFeeds(refuseTwins(parsed.data, source), source);
  // A misspelt key is why another is missing: it is told first.
  const issue = parsed.error.issues.find(({ code }) => code === 'unrecognized_keys') ?? parsed.error.issues[0];
  if (issue === undefined) throw new PlumblineError('SETTING_INVALID', `${file}: cannot be read`);
  throw new PlumblineError('SETTING_INVALID', sentenceOf(issue, source), { cause: parsed.error });
}

function valueOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new PlumblineError('SETTING_INVALID', `${file}: its aliases (*name) repeat too much: write the values out`, {
      cause,
    });
  }
}

/** Events of a region that is not looked at would be told of, and then compared with nothing. us-east-1 tells of global things too. */
function refuseUnseenFeeds(settings: Settings, source: Source): Settings {
  const { feeds = [], regions } = settings;
  const at = feeds.findIndex((one) => one !== GLOBAL_EVENTS && regions?.includes(one) === false);
  if (at === -1) return settings;
  throw new PlumblineError(
    'SETTING_INVALID',
    `${placeOf(['feeds', at], source)}: the region ${feeds[at] ?? ''} is under "feeds" and not under "regions": what its events name would not be looked at: name it under both, or under neither`,
  );
}

/** An id that two action items bear would link a check to the wrong incident. */
function refuseTwins(settings: Settings, source: Source): Settings {
  const seen = new Set<string>();
  for (const [index, { actionItems }] of settings.postmortems.incidents.entries()) {
    for (const [place, { id }] of actionItems.entries()) {
      if (seen.has(id)) {
        const where = placeOf(['postmortems', 'incidents', index, 'actionItems', place, 'id'], source);
        throw new PlumblineError(
          'SETTING_INVALID',
          `${where}: the action item ${id} stands twice: give the second one an id of its own`,
        );
      }
      seen.add(id);
    }
  }
  return settings;
}
