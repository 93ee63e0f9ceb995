import { consoleHost, shellQuoted, type KindAdvice, type WayBack } from '#core/advice.ts';
import { originIn } from '#core/cloudfront/origin.ts';
import { targetsOf } from '#core/cloudfront/origins.ts';
import type { Change } from '#core/change.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { textOf } from '#core/json.ts';
import { valueOf } from '#core/reading.ts';
import type { State } from '#core/state.ts';

const NOT_KNOWN = 'what it was before is not known';

/**
 * How to go back when a distribution moved. A web ACL has calls of its own; everything else is an update, which takes the whole
 * configuration: what is kept here is not all of it, so the one that is there is changed.
 */
export const advice: KindAdvice = {
  wayBack({ ref, accepted, changes }) {
    if (changes.some(({ path }) => path === EXISTS)) return existence(changes);
    if (accepted === undefined) return { commands: [], note: NOT_KNOWN };
    const id = shellQuoted(ref.id);
    const webAcl = changes.some(({ path }) => path === 'webAcl') ? webAclBack(id, accepted) : { commands: [] };
    const edits = changes.flatMap((change) => editBack(change, accepted) ?? []);
    const moved = controlsBack(changes);
    const notes = [
      ...(webAcl.note === undefined ? [] : [webAcl.note]),
      ...(edits.length === 0 ? [] : [`before the last command, in distribution.json: ${edits.join('; ')}; ${WHOLE}`]),
      ...moved,
    ];
    const commands = [...webAcl.commands, ...(edits.length === 0 ? [] : updateOf(id))];
    if (commands.length + notes.length === 0) return { commands: [], note: NOT_KNOWN };
    return notes.length === 0 ? { commands } : { commands, note: notes.join('; ') };
  },

  notMisledBy({ changes }) {
    const isServing = changes.some(({ path }) => ['origins', 'behaviors', 'enabled'].includes(rootOf(path)));
    return [
      ...(isServing
        ? [
            'A page that still comes may come from CloudFront’s cache: what is not cached, and what has expired, fails first.',
          ]
        : []),
      'A change takes some minutes to reach all edges: until then one place sees the old configuration, another the new.',
    ];
  },

  consoleLink: ({ id }, partition) =>
    `https://${consoleHost(partition)}/cloudfront/v4/home#/distributions/${encodeURIComponent(id)}`,
};

const WHOLE =
  'an update replaces the whole configuration, and is refused where somebody changed it after the first command';

function existence(changes: readonly Change[]): WayBack {
  const isCreated = changes.some(({ path, after }) => path === EXISTS && after.status === 'present');
  return {
    commands: [],
    note: isCreated
      ? 'nobody lost anything by a new distribution: disable it, or accept it'
      : 'a deleted distribution does not come back: a new one has another id and another name, which bucket policies and DNS have to name',
  };
}

function updateOf(id: string): readonly string[] {
  const config = `aws cloudfront get-distribution-config --id ${id}`;
  return [
    `etag="$(${config} --query ETag --output text)"`,
    `${config} --query DistributionConfig --output json > distribution.json`,
    `aws cloudfront update-distribution --id ${id} --if-match "$etag" --distribution-config file://distribution.json`,
  ];
}

function webAclBack(id: string, { watched }: State): WayBack {
  const before = watched['webAcl'];
  const match = `--if-match "$(aws cloudfront get-distribution-config --id ${id} --query ETag --output text)"`;
  if (before?.status === 'absent')
    return { commands: [`aws cloudfront disassociate-distribution-web-acl --id ${id} ${match}`] };
  const webAcl = textOf(valueOf(before));
  if (webAcl === undefined) return { commands: [], note: `${NOT_KNOWN} of: webAcl` };
  return {
    commands: [
      `aws cloudfront associate-distribution-web-acl --id ${id} --web-acl-arn ${shellQuoted(webAcl)} ${match}`,
    ],
  };
}

/** What is to be written into the configuration, in words; nothing where that moved which does not stand in it. */
function editBack({ path, before, after }: Change, { watched }: State): string | undefined {
  const root = rootOf(path);
  const member = path.slice(root.length + 1);
  if (root === 'enabled') {
    const enabled = valueOf(watched['enabled']);
    return typeof enabled === 'boolean' ? `set Enabled to ${enabled}` : undefined;
  }
  if (member === '') return undefined;
  if (root === 'origins') return originBack(member, { before, after });
  if (root !== 'behaviors') return undefined;
  const [first, ...others] = targetsOf(valueOf(before));
  if (first === undefined) return `take out the behaviour of ${JSON.stringify(member)}`;
  const target =
    others.length === 0
      ? JSON.stringify(first)
      : `the group of ${[first, ...others].map((one) => JSON.stringify(one)).join(', ')}`;
  return `let the behaviour of ${JSON.stringify(member)} have TargetOriginId ${target}`;
}

function originBack(id: string, { before, after }: Pick<Change, 'before' | 'after'>): string | undefined {
  const [was, is] = [originIn(valueOf(before)), originIn(valueOf(after))];
  const name = `origin ${JSON.stringify(id)}`;
  if (was === undefined) return `take out ${name}`;
  if (is === undefined) return `put ${name} back: ${JSON.stringify(was.domain)}`;
  const identity = (of: typeof was): string =>
    of.identity === undefined ? '' : `origin-access-identity/cloudfront/${of.identity}`;
  const members = [
    ['DomainName', was.domain, is.domain],
    ['OriginPath', was.path, is.path],
    ['OriginAccessControlId', was.accessControl ?? '', is.accessControl ?? ''],
    ['S3OriginConfig.OriginAccessIdentity', identity(was), identity(is)],
  ] as const;
  const edits = members.flatMap(([member, then, now]) => (then === now ? [] : [`${member} ${JSON.stringify(then)}`]));
  return edits.length === 0 ? undefined : `let ${name} have ${edits.join(', ')}`;
}

/** How an access control signs stands with itself: put back, it moves all that use it. */
function controlsBack(changes: readonly Change[]): readonly string[] {
  const said = changes.flatMap(({ path, before, after }) => {
    const [was, is] = rootOf(path) === 'origins' ? [originIn(valueOf(before)), originIn(valueOf(after))] : [];
    const { accessControl, signing } = was ?? {};
    return accessControl === undefined || accessControl !== is?.accessControl || signing === is.signing
      ? []
      : [
          `let origin access control ${accessControl} have SigningBehavior ${signing ?? ''} again, by aws cloudfront update-origin-access-control: that moves every distribution that uses it`,
        ];
  });
  return [...new Set(said)];
}
