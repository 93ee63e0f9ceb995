import type { ToolContract } from '#core/contract.ts';
import type { Application } from '#core/evidence/applications.ts';
import type { ActionItem } from '#core/report.ts';
import type { AddressKnowledge } from '#core/waf/ip-set-change.ts';
import { actionItemsIn } from './action-items.ts';
import type { Settings } from './settings.ts';

/** What of the settings the functions need, as it stands beside their code. */
export interface ServiceSettings {
  readonly regions?: readonly string[];
  readonly ownerTags: readonly string[];
  readonly timeZone: string;
  readonly digestAt: string;
  readonly actionItems: readonly ActionItem[];
  readonly contracts: readonly ToolContract[];
  /** Logs of use; left out: none are read. */
  readonly evidence?: EvidenceSettings;
  readonly applications: readonly Application[];
  /** What is said of addresses and of lists of them. */
  readonly addresses: AddressKnowledge;
}

/** The part of the settings that goes with the functions; who is told stays in the stack. */
export function serviceSettingsOf(settings: Settings): ServiceSettings {
  const { regions, ownerTags, timeZone, schedule, evidence, applications } = settings;
  return {
    ...(regions === undefined ? {} : { regions }),
    ownerTags,
    timeZone,
    digestAt: schedule.digestAt,
    actionItems: actionItemsIn(settings),
    contracts: contractsIn(settings),
    ...(evidence === undefined ? {} : { evidence: evidenceSettingsOf(evidence) }),
    applications,
    addresses: addressesIn(settings),
  };
}

/** What is said of addresses, as judges need it. */
export function addressesIn({ networks, mirroredIpSets }: Settings): AddressKnowledge {
  return { networks, mirroredIpSets };
}

/** What tools may write, as the functions need it. */
export function contractsIn({ tools }: Settings): readonly ToolContract[] {
  return tools.map(({ name, is, mayChange, actionItem }) => ({
    tool: name,
    is: Object.fromEntries(Object.entries(is).filter(([, patterns]) => patterns !== undefined)),
    mayChange,
    ...(actionItem === undefined ? {} : { actionItem }),
  }));
}

/** What the service reads of use, as its functions and its rights need it. */
export interface EvidenceSettings {
  readonly accessLogs: readonly LogPlace[];
  readonly trails: readonly LogPlace[];
  readonly requestMetrics: boolean;
  readonly lookBackDays: number;
}

/** A folder of a bucket; its name neither begins nor ends with a slash, and that of the bucket itself is empty. */
export interface LogPlace {
  readonly bucket: string;
  readonly prefix: string;
}

/** The settings as places and days. */
export function evidenceSettingsOf({
  accessLogs,
  trails,
  requestMetrics,
  lookBack,
}: NonNullable<Settings['evidence']>): EvidenceSettings {
  return {
    accessLogs: accessLogs.map(placeOf),
    trails: trails.map(placeOf),
    requestMetrics,
    lookBackDays: Number.parseInt(lookBack, 10),
  };
}

function placeOf(text: string): LogPlace {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*?)\/?)?$/.exec(text) ?? [];
  return { bucket, prefix };
}
