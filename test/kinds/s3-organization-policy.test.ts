import { describe, expect, test } from 'vitest';
import { createReads } from '#aws/reads.ts';
import { severityOf, type Change } from '#core/change.ts';
import { compareStates } from '#core/comparison.ts';
import type { Json } from '#core/json.ts';
import { ABSENT, present, unreadable, type JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { kindsById } from '#kinds';
import type { Kind } from '#kinds/kind.ts';
import { ACCOUNT, T0 } from '../builders.ts';

const ref = { account: ACCOUNT, region: 'global', kind: 's3-organization-policy', id: 'account' };
const UPDATED = '2026-01-01T09:30:00.000Z';

const kind = (): Kind => {
  const found = kindsById.get(ref.kind);
  if (found === undefined) throw new Error(`${ref.kind} is not registered`);
  return found;
};

/** What the reader makes of one answer of DescribeEffectivePolicy; `asked` are the inputs that it sent, with the region. */
async function readOf(answer: { readonly output: object } | { readonly error: string }) {
  const asked: unknown[] = [];
  const clientIn = (region: string) => ({
    send: ({ input }: { readonly input: object }) => {
      asked.push({ region, ...input });
      if ('output' in answer) return Promise.resolve(answer.output);
      return Promise.reject(
        Object.assign(new Error(answer.error), { name: answer.error, $metadata: { httpStatusCode: 400 } }),
      );
    },
  });
  const aws = createReads({
    account: ACCOUNT,
    clients: { for: (_service, region) => clientIn(region) as never },
    concurrency: 1,
    now: () => new Date(T0),
  });
  const reader = await kind().reader();
  const seen = await reader.read({ found: { ref, hint: {} }, aws, context: {} });
  if (seen.seen !== 'state') throw new Error(`it was ${seen.seen}`);
  return { state: seen.state, asked };
}

const effective = (PolicyContent: string) => ({
  output: {
    EffectivePolicy: {
      PolicyContent,
      LastUpdatedTimestamp: new Date(UPDATED),
      TargetId: ACCOUNT,
      PolicyType: 'S3_POLICY',
    },
  },
});

describe('what applies to the account, as a member of the organisation reads it', () => {
  const read: readonly { case: string; content: string; is: JsonReading }[] = [
    {
      case: 'all four flags on',
      content: '{"s3_attributes":{"public_access_block_configuration":"all"}}',
      is: present({ publicAccessBlock: 'all' }),
    },
    {
      case: 'all four off, still with the operator that assigned it',
      content: '{"s3_attributes":{"public_access_block_configuration":{"@@assign":"none"}}}',
      is: present({ publicAccessBlock: 'none' }),
    },
    { case: 'a policy that sets nothing', content: '{"s3_attributes":{}}', is: present({}) },
    { case: 'an empty policy', content: '{}', is: present({}) },
    {
      case: 'a value to come: as AWS has it',
      content: '{"s3_attributes":{"public_access_block_configuration":{"acls":"on","policies":{"@@assign":"off"}}}}',
      is: present({ publicAccessBlock: { acls: 'on', policies: 'off' } }),
    },
    {
      case: 'attributes to come, lists as sets: kept apart from what is known',
      content:
        '{"s3_attributes":{"public_access_block_configuration":"all","publicAccessBlock":1,"tls":{"@@assign":["b","a","b"]}},"more":[]}',
      is: present({
        publicAccessBlock: 'all',
        others: { s3_attributes: { publicAccessBlock: 1, tls: ['a', 'b'] }, more: [] },
      }),
    },
    {
      case: 'attributes that are no object',
      content: '{"s3_attributes":"all"}',
      is: present({ others: { s3_attributes: 'all' } }),
    },
    {
      case: 'no JSON: not known, never "nothing set"',
      content: '{"s3_attributes":',
      is: unreadable('MalformedPolicy'),
    },
    { case: 'JSON that is no policy', content: '["all"]', is: unreadable('MalformedPolicy') },
    { case: 'no text at all', content: '', is: unreadable('MalformedPolicy') },
  ];

  test.each(read)('$case', async ({ content, is }) => {
    const { state } = await readOf(effective(content));
    expect(state.watched).toEqual({ effectivePolicy: is });
    expect(state.carried).toEqual({ policyText: content, lastUpdated: UPDATED });
  });

  test('an answer without a policy in it is not "nothing set"', async () => {
    const { state } = await readOf({ output: {} });
    expect(state.watched).toEqual({ effectivePolicy: unreadable('MalformedPolicy') });
    expect(state.carried).toEqual({ policyText: '' });
  });

  test('one call, where the global services of the partition are asked, about the caller’s own account', async () => {
    const { state, asked } = await readOf(effective('{}'));
    expect(asked).toEqual([{ region: 'global', PolicyType: 'S3_POLICY' }]);
    expect(state).toMatchObject({ ref, shape: 1, takenAt: T0 });
  });

  const refused: readonly { case: string; error: string; is: JsonReading }[] = [
    { case: 'no S3 policy applies to it', error: 'EffectivePolicyNotFoundException', is: ABSENT },
    { case: 'it is in no organisation', error: 'AWSOrganizationsNotInUseException', is: ABSENT },
    { case: 'the right is missing', error: 'AccessDeniedException', is: unreadable('AccessDeniedException') },
    {
      case: 'Organizations does not know the policy type there',
      error: 'InvalidInputException',
      is: unreadable('InvalidInputException'),
    },
    {
      case: 'Organizations does not answer there',
      error: 'UnsupportedAPIEndpointException',
      is: unreadable('UnsupportedAPIEndpointException'),
    },
  ];

  test.each(refused)('$case: $error', async ({ error, is }) => {
    const { state } = await readOf({ error });
    expect([state.watched, state.carried]).toEqual([{ effectivePolicy: is }, {}]);
  });

  test('there is one in every account, and nothing is asked to know that', async () => {
    const reader = await kind().reader();
    const pages: unknown[] = [];
    const aws = { account: ACCOUNT } as never;
    for await (const page of reader.list({ region: 'all', aws })) pages.push(page);
    expect(pages).toEqual([[{ ref, hint: {} }]]);
  });
});

const policy = (reading: JsonReading): State => ({
  ref,
  shape: 1,
  takenAt: T0,
  watched: { effectivePolicy: reading },
  carried: {},
});
const sets = (publicAccessBlock: Json, more: Record<string, Json> = {}): JsonReading =>
  present({ publicAccessBlock, ...more });

function judgedChanges(was: JsonReading, is: JsonReading): readonly Change[] {
  const [before, after] = [policy(was), policy(is)];
  const { changes } = compareStates(kind(), before, after);
  return kind().judge?.changes(changes, { before, after, contexts: { before: {}, after: {} } }) ?? [];
}

const ON =
  "An organisation's S3 policy turns the four flags of the account's block on, whatever the account itself set; S3 keeps the account's own settings, and they count again when the policy goes.";
const OFF =
  "An organisation's S3 policy turns the four flags of the account's block off, whatever the account itself set: from now on only what a bucket or an access point blocks itself is blocked.";
const LOCKED =
  'While it applies the account\'s block cannot be changed in this account: to put or delete it is refused with 403 AccessDenied, "This account does not allow changes to its account-level S3 Block Public Access settings due to an organizational S3 Block Public Access policy in effect."';
const BELOW = "What that does to buckets is told with the account's block, where that moves with it.";
const OWN_AGAIN =
  "No organisation's S3 policy sets the account's block any more, and it can be changed in this account again. The account's own settings, which S3 kept, count again at once";
const UNKNOWN_VALUE =
  "An organisation's S3 policy sets the account's block to a value that Plumbline does not know, so what S3 makes of it is not known.";
const NOTHING = "The organisation's S3 policy sets nothing of the account's block, so nothing changes in effect.";
const OTHERS =
  "The organisation's S3 policy moves a setting that Plumbline does not know, so what that does is not known.";

describe('what its coming, changing and going means', () => {
  const cases: readonly {
    case: string;
    was: JsonReading;
    is: JsonReading;
    path: string;
    axes: string;
    effects: readonly string[];
  }[] = [
    {
      case: 'it comes and shuts: deployments that set the account’s block are refused from now on',
      was: ABSENT,
      is: sets('all'),
      path: 'effectivePolicy',
      axes: 'high: unknown, may-break',
      effects: [ON, LOCKED, BELOW],
    },
    {
      case: 'it comes and opens, and nobody in the account can shut it again',
      was: ABSENT,
      is: sets('none'),
      path: 'effectivePolicy',
      axes: 'high: widened, may-break',
      effects: [OFF, LOCKED, BELOW],
    },
    {
      case: 'from shut to open: what was refused works again',
      was: sets('all'),
      is: sets('none'),
      path: 'effectivePolicy.publicAccessBlock',
      axes: 'high: widened, restores',
      effects: [OFF, LOCKED, BELOW],
    },
    {
      case: 'from open to shut: the outage',
      was: sets('none'),
      is: sets('all'),
      path: 'effectivePolicy.publicAccessBlock',
      axes: 'high: narrowed, may-break',
      effects: [ON, LOCKED, BELOW],
    },
    {
      case: 'what shut goes: whether that opens, the account’s own settings decide',
      was: sets('all'),
      is: ABSENT,
      path: 'effectivePolicy',
      axes: 'medium: unknown, restores',
      effects: [`${OWN_AGAIN}: where they are off, what the policy shut is open again.`, BELOW],
    },
    {
      case: 'what opened goes: whether that shuts, the account’s own settings decide',
      was: sets('none'),
      is: ABSENT,
      path: 'effectivePolicy',
      axes: 'medium: unknown, unknown',
      effects: [`${OWN_AGAIN}: where they are on, what the policy held open is shut again.`, BELOW],
    },
    {
      case: 'it stays, and sets nothing of the block any more',
      was: sets('all'),
      is: present({}),
      path: 'effectivePolicy.publicAccessBlock',
      axes: 'medium: unknown, restores',
      effects: [`${OWN_AGAIN}: where they are off, what the policy shut is open again.`, BELOW],
    },
    {
      case: 'it comes with a value to come',
      was: ABSENT,
      is: sets('acls'),
      path: 'effectivePolicy',
      axes: 'medium: unknown, unknown',
      effects: [UNKNOWN_VALUE, BELOW],
    },
    {
      case: 'a value to come goes',
      was: sets('acls'),
      is: ABSENT,
      path: 'effectivePolicy',
      axes: 'medium: unknown, unknown',
      effects: [`${OWN_AGAIN}.`, BELOW],
    },
    {
      case: 'from a value to come to open',
      was: sets('acls'),
      is: sets('none'),
      path: 'effectivePolicy.publicAccessBlock',
      axes: 'high: widened, may-break',
      effects: [OFF, LOCKED, BELOW],
    },
    {
      case: 'an attribute to come, beside a block that stays',
      was: sets('all'),
      is: sets('all', { others: { s3_attributes: { tls: 'on' } } }),
      path: 'effectivePolicy.others',
      axes: 'medium: unknown, unknown',
      effects: [OTHERS],
    },
    {
      case: 'it comes with both: the graver of each axis',
      was: ABSENT,
      is: sets('none', { others: { s3_attributes: { tls: 'on' } } }),
      path: 'effectivePolicy',
      axes: 'high: widened, may-break',
      effects: [OFF, LOCKED, BELOW, OTHERS],
    },
    {
      case: 'it comes with an attribute to come alone',
      was: ABSENT,
      is: present({ others: { more: 1 } }),
      path: 'effectivePolicy',
      axes: 'medium: unknown, unknown',
      effects: [OTHERS],
    },
    {
      case: 'one that sets nothing comes',
      was: ABSENT,
      is: present({}),
      path: 'effectivePolicy',
      axes: 'low: same, none',
      effects: [NOTHING],
    },
    {
      case: 'one that set nothing goes',
      was: present({}),
      is: ABSENT,
      path: 'effectivePolicy',
      axes: 'low: same, none',
      effects: [NOTHING],
    },
  ];

  test.each(cases)('$case', ({ was, is, path, axes, effects }) => {
    const changes = judgedChanges(was, is);
    expect(changes.map((one) => [one.path, `${severityOf(one)}: ${one.exposure}, ${one.breakage}`])).toEqual([
      [path, axes],
    ]);
    expect(changes[0]?.effects).toEqual(effects);
    expect(changes[0]?.check).toBe('s3-organization-policy-changed');
  });

  test('with two members that move, each is told of itself', () => {
    const changes = judgedChanges(sets('all', { others: { more: 1 } }), sets('none', { others: { more: 2 } }));
    expect(changes.map(({ path, effects }) => [path, effects])).toEqual([
      ['effectivePolicy.publicAccessBlock', [OFF, LOCKED, BELOW]],
      ['effectivePolicy.others', [OTHERS]],
    ]);
  });

  test('it never opens a bucket to everyone by itself: that is told with the account’s block', () => {
    for (const { was, is } of cases)
      expect(judgedChanges(was, is)).toEqual(judgedChanges(was, is).map((one) => ({ ...one, opensToWorld: false })));
  });

  test('where a side could not be read nothing is claimed', () => {
    const [before, after] = [policy(unreadable('AccessDeniedException')), policy(sets('all'))];
    const [change] = compareStates(kind(), policy(ABSENT), after).changes;
    if (change === undefined) throw new Error('it moved');
    expect(kind().judge?.changes([change], { before, after, contexts: { before: {}, after: {} } })).toMatchObject([
      { exposure: 'unknown', breakage: 'unknown', effects: [] },
    ]);
  });
});

describe('the way back is not in this account', () => {
  const WHERE = `run these in the organisation's management account, or as a delegated administrator for S3 policies; POLICY_ID and TARGET_ID stand for what the lists show: a policy may be attached to this account, to an OU above it or to the root, and moves every account below`;
  const FIND = [
    `aws organizations list-policies-for-target --filter S3_POLICY --target-id ${ACCOUNT}`,
    `aws organizations list-parents --child-id ${ACCOUNT}`,
  ];
  const DETACH = 'aws organizations detach-policy --policy-id POLICY_ID --target-id TARGET_ID';
  const ATTACH = 'aws organizations attach-policy --policy-id POLICY_ID --target-id TARGET_ID';
  const update = (value: string): string =>
    `aws organizations update-policy --policy-id POLICY_ID --content '{"s3_attributes":{"public_access_block_configuration":{"@@assign":"${value}"}}}'`;

  const cases: readonly {
    case: string;
    was: JsonReading | undefined;
    is: JsonReading;
    commands: readonly string[];
    note: string;
  }[] = [
    { case: 'it came', was: ABSENT, is: sets('all'), commands: [...FIND, DETACH], note: WHERE },
    {
      case: 'it set nothing, and sets the block now',
      was: present({}),
      is: sets('none'),
      commands: [...FIND, DETACH],
      note: WHERE,
    },
    {
      case: 'it went',
      was: sets('all'),
      is: ABSENT,
      commands: ['aws organizations list-policies --filter S3_POLICY', ATTACH],
      note: WHERE,
    },
    {
      case: 'it shut, and opens now: the policy itself was changed, or one nearer to the account overrides it',
      was: sets('all'),
      is: sets('none'),
      commands: [...FIND, update('all')],
      note: `${WHERE}; where one nearer to the account overrides another, detach that one instead`,
    },
    {
      case: 'it opened, and shuts now',
      was: sets('none'),
      is: sets('all'),
      commands: [...FIND, update('none')],
      note: `${WHERE}; where one nearer to the account overrides another, detach that one instead`,
    },
    {
      case: 'what it set is no value that Plumbline knows how to write',
      was: sets({ acls: 'on' }),
      is: sets('all'),
      commands: FIND,
      note: `${WHERE}; then put back what the policy said before`,
    },
    {
      case: 'an attribute to come moved',
      was: sets('all'),
      is: sets('all', { others: { more: 1 } }),
      commands: FIND,
      note: `${WHERE}; then put back what the policy said before`,
    },
    {
      case: 'it could not be read then',
      was: unreadable('AccessDeniedException'),
      is: sets('all'),
      commands: [],
      note: 'what it was before is not known',
    },
    {
      case: 'nobody accepted anything of it',
      was: undefined,
      is: sets('all'),
      commands: [],
      note: 'what it was before is not known',
    },
  ];

  test.each(cases)('$case', ({ was, is, commands, note }) => {
    const accepted = was === undefined ? undefined : policy(was);
    const changes = compareStates(
      kind(),
      policy(was?.status === 'unreadable' ? ABSENT : (was ?? ABSENT)),
      policy(is),
    ).changes;
    expect(kind().advice.wayBack({ ref, accepted, changes, partition: 'aws' })).toEqual({ commands, note });
  });
});

describe('what not to be misled by', () => {
  const told = (partition: string): readonly string[] =>
    kind().advice.notMisledBy({ ref, accepted: undefined, changes: [], partition });

  test('nobody in this account did it, and where it would be confirmed', () =>
    expect(told('aws')).toEqual([
      'Nobody in this account called anything: CloudTrail of this account has no event of it, unless it is the management account itself.',
      'Only an event of organizations.amazonaws.com in the management account, in us-east-1, confirms who did it: AttachPolicy, DetachPolicy, UpdatePolicy, EnablePolicyType, DisablePolicyType or MoveAccount.',
      "The account's block as S3 shows it is what counts, and not what the account itself set: it looks as if somebody here had turned it.",
    ]));

  test.each([
    { partition: 'aws-us-gov', region: 'us-gov-west-1' },
    { partition: 'aws-cn', region: 'cn-northwest-1' },
  ])('in $partition Organizations is in $region', ({ partition, region }) =>
    expect(told(partition)[1]).toContain(`in the management account, in ${region}, confirms`),
  );
});

test.each([
  { partition: 'aws', link: 'https://console.aws.amazon.com/organizations/v2/home/policies' },
  { partition: 'aws-cn', link: 'https://console.amazonaws.cn/organizations/v2/home/policies' },
])('where it is in the console of $partition', ({ partition, link }) =>
  expect(kind().advice.consoleLink(ref, partition)).toBe(link),
);

test('Organizations has no event of one account’s effective policy, so none is awaited (docs/decisions/0029)', () =>
  expect(kind().declaration.events).toEqual([]));
