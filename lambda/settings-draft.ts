import { Document, isMap, isScalar, isSeq } from 'yaml';
import { isRegionName, isTimeZone, parseSettings, settingsSchema, type Settings } from './settings.ts';
import type { SurveyedRegion } from './account-survey.ts';
import type { UsedTag } from './owner-tags.ts';
import { descriptionAt } from './settings-source.ts';

/** What a first settings file is written from. */
export interface SettingsDraft {
  /** Where an editor finds the schema. */
  readonly schema: string;
  /** Whose settings they are; undefined: of nobody who was asked. */
  readonly account?: { readonly id: string; readonly partition: string };
  /** The regions to look at, or those that are enabled when all of them are to be looked at; undefined: not known. */
  readonly regions?: { readonly named: boolean; readonly names: readonly string[] };
  readonly found: readonly SurveyedRegion[];
  /** Somewhere AWS refused to be asked, so there may be more. */
  readonly isIncomplete: boolean;
  readonly ownerTags: readonly UsedTag[];
  /** The machine's. */
  readonly timeZone: string | undefined;
  /** The action items that checks name. */
  readonly actionItems: readonly string[];
}

/**
 * A settings file to start from, as text that `parseSettings` reads. What is switched off begins with a # and stays right when that is
 * taken away; a remark has one space behind its #. What AWS gave is a stranger's text, so values are written by the YAML library, and no
 * remark holds any.
 */
export function draftSettings(draft: SettingsDraft): string {
  const sections = [
    headText(draft),
    regionsText(draft),
    ownerTagsText(draft),
    timeZoneText(draft),
    explained('schedule'),
    `${remark(descriptionAt(settingsSchema, ['tell']), 'Each has exactly one of email, https, sqs and lambda.')}\n${switchedOff(tellExample(draft))}`,
    `${explained('keep')}\n${switchedOff(LOCK_EXAMPLE)}`,
    `${remark(descriptionAt(settingsSchema, ['feeds']))}\n${switchedOff(yamlOf({ feeds: ['us-east-1'] }))}`,
    `${remark(descriptionAt(settingsSchema, ['hub']))}\n${switchedOff(HUB_EXAMPLE)}`,
    `${remark(descriptionAt(settingsSchema, ['postmortems']), `The checks name ${draft.actionItems.join(', ')}: give your own action items these ids, and alerts link to them.`)}\n${switchedOff(postmortemsExample(draft.actionItems))}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What holds where the file says nothing. */
const DEFAULTS: Settings = parseSettings('', 'plumbline.yaml');

function headText({ schema, account }: SettingsDraft): string {
  const whom = account === undefined ? 'you' : `account ${digitsOf(account.id)}`;
  return remark(
    `yaml-language-server: $schema=${schema}`,
    `What Plumbline is told about ${whom}. Read strictly: an unknown key is an error that names the line.`,
    'A line such as "#regions:", with no space behind its #, begins what is switched off: take the # of its lines away.',
  );
}

function regionsText({ regions, found, isIncomplete }: SettingsDraft): string {
  const says = descriptionAt(settingsSchema, ['regions']);
  const holding = found.filter(({ region }) => isRegionName(region));
  if (regions?.named === true) {
    const counts = new Map(holding.map((one) => [one.region, one]));
    const entries = regions.names
      .filter(isRegionName)
      .map((region) => ({ value: region, behind: countText(counts.get(region)) }));
    if (entries.length > 0) return `${remark(says)}\n${listText('regions', entries)}`;
  }
  if (holding.length === 0) return `${remark(says)}\n${switchedOff(yamlOf({ regions: ['us-east-1'] }))}`;
  const entries = holding.map((one) => ({ value: one.region, behind: countText(one) }));
  const of = regions === undefined ? '' : ` of ${regions.names.length}`;
  return `${remark(says, `What is watched was found in ${holding.length}${of}${isIncomplete ? ', as far as AWS answered' : ''}:`)}\n${switchedOff(listText('regions', entries))}`;
}

function countText(region: SurveyedRegion | undefined): string {
  if (region === undefined) return 'nothing that is watched was found';
  return Object.entries(region.counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

function ownerTagsText({ ownerTags, account }: SettingsDraft): string {
  const says = descriptionAt(settingsSchema, ['ownerTags']);
  if (ownerTags.length === 0) {
    const note = account === undefined ? [] : ['No tag that looks like an owner was found; these are the usual ones.'];
    return `${remark(says, ...note)}\n${listText(
      'ownerTags',
      DEFAULTS.ownerTags.map((value) => ({ value })),
    )}`;
  }
  const entries = ownerTags.map(({ key, resources }) => ({
    value: key,
    behind: `on ${resources} ${resources === 1 ? 'resource' : 'resources'}`,
  }));
  return `${remark(says, 'Those in use, the most used first:')}\n${listText('ownerTags', entries)}`;
}

function timeZoneText({ timeZone }: SettingsDraft): string {
  const known = timeZone !== undefined && isTimeZone(timeZone) ? timeZone : DEFAULTS.timeZone;
  return `${remark(descriptionAt(settingsSchema, ['timeZone']))}\n${yamlOf({ timeZone: known })}`;
}

/** A map of settings at their defaults, each with what it is for. */
function explained(key: 'schedule' | 'keep'): string {
  const document = new Document({ [key]: DEFAULTS[key] });
  const map = document.get(key);
  for (const pair of isMap(map) ? map.items : [])
    if (isScalar<string>(pair.key)) pair.key.commentBefore = ` ${descriptionAt(settingsSchema, [key, pair.key.value])}`;
  return `${remark(descriptionAt(settingsSchema, [key]))}\n${textOf(document)}`;
}

interface Entry {
  readonly value: string;
  /** A remark of our own. */
  readonly behind?: string;
}

function listText(key: string, entries: readonly Entry[]): string {
  const document = new Document({ [key]: entries.map(({ value }) => value) });
  const list = document.get(key);
  for (const [index, item] of (isSeq(list) ? list.items : []).entries()) {
    const behind = entries[index]?.behind;
    if (isScalar(item) && behind !== undefined) item.comment = ` ${behind}`;
  }
  return textOf(document);
}

function yamlOf(value: object): string {
  return textOf(new Document(value));
}

/** One line a value, whatever is in it. */
function textOf(document: Document): string {
  return document.toString({ lineWidth: 0, blockQuote: false }).trimEnd();
}

function remark(...lines: readonly string[]): string {
  return lines.map((line) => `# ${line}`).join('\n');
}

function switchedOff(text: string): string {
  return text
    .split('\n')
    .map((line) => `#${line}`)
    .join('\n');
}

function digitsOf(account: string): string {
  return account.replace(/\D/g, '');
}

/** Of an account that there is not, for people who asked AWS nothing. */
const EXAMPLE_ACCOUNT = { id: '111122223333', partition: 'aws' };

function tellExample({ account = EXAMPLE_ACCOUNT, found }: SettingsDraft): string {
  const region = found.map((one) => one.region).find(isRegionName) ?? 'us-east-1';
  const queue = `arn:${account.partition.replace(/[^\w-]/g, '')}:sqs:${region}:${digitsOf(account.id)}:plumbline-alerts`;
  return `tell:
  # ${descriptionAt(settingsSchema, ['tell', 'alerts'])}
  alerts:
    - email: oncall@example.com
      severities: [critical, high]
    - https: https://events.example.com/plumbline
      owners: [payments]
    - sqs: ${queue}
  # ${descriptionAt(settingsSchema, ['tell', 'selfWatch'])}
  selfWatch:
    - email: platform@example.com
  # ${descriptionAt(settingsSchema, ['tell', 'chat'])}
  chat: true`;
}

/** Belongs to `keep`. */
const LOCK_EXAMPLE = `  # ${descriptionAt(settingsSchema, ['keep', 'objectLockDays'])}
  objectLockDays: 30`;

const HUB_EXAMPLE = `hub:
  # ${descriptionAt(settingsSchema, ['hub', 'account'])}
  account: '999988887777'
  region: us-east-1
  organization: o-a1b2c3d4e5
  # ${descriptionAt(settingsSchema, ['hub', 'tell'])}
  tell: hub`;

function postmortemsExample([first = 'TM-1', second = 'TM-2']: readonly string[]): string {
  return `postmortems:
  base: https://status.example.com/postmortems/
  incidents:
    - slug: uploads-refused-28-october
      title: Uploads refused, 28 October
      actionItems:
        - { id: ${first}, title: Change management for security settings, horizon: now }
        - { id: ${second}, title: See what else depends on it before it is changed, horizon: 1 month }`;
}
