import type { ToolContract } from '#core/contract.ts';
import type { Application } from '#core/evidence/applications.ts';
import type { ActionItem } from '#core/report.ts';
import { actionItemsIn } from './action-items.ts';
import { evidenceSettingsOf, type EvidenceSettings } from './settings-evidence.ts';
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
  };
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
