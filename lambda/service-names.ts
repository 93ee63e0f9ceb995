/** Names that the stack and the code that runs in it share. */

/** The table's keys and index. */
export const LEDGER = {
  partitionKey: 'family',
  sortKey: 'id',
  dueIndex: 'due',
  /** The one partition of the sparse index, and the attribute that holds it. */
  due: 'due',
  dueAt: 'dueAt',
  timeToLive: 'expiresAt',
} as const;

/** Variables of the functions. */
export const VARIABLES = {
  account: 'PLUMBLINE_ACCOUNT',
  partition: 'PLUMBLINE_PARTITION',
  bucket: 'PLUMBLINE_BUCKET',
  table: 'PLUMBLINE_TABLE',
  alertsTopic: 'PLUMBLINE_ALERTS_TOPIC',
  chatTopic: 'PLUMBLINE_CHAT_TOPIC',
  selfWatchTopic: 'PLUMBLINE_SELF_WATCH_TOPIC',
  changesQueue: 'PLUMBLINE_CHANGES_QUEUE',
  sweepsQueue: 'PLUMBLINE_SWEEPS_QUEUE',
  nudgesQueue: 'PLUMBLINE_NUDGES_QUEUE',
  ownQueue: 'PLUMBLINE_OWN_QUEUE',
  stack: 'PLUMBLINE_STACK',
  deployer: 'PLUMBLINE_DEPLOYER',
  requestUrl: 'PLUMBLINE_REQUEST_URL',
  version: 'PLUMBLINE_VERSION',
} as const;

/** The functions: one name from the bundle to the alarm. */
export const FUNCTIONS = ['on-look', 'on-sweep', 'on-tick', 'on-request', 'on-self'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The settings that the functions read stand beside their code. */
export const SETTINGS_FILE = 'settings.json';

/** Where the metrics of the service are, and their names: the code emits them, alarms and dashboard watch them. */
export const METRICS = {
  namespace: 'Plumbline',
  heartbeat: 'Heartbeat',
  looks: 'Looks',
  drifts: 'DriftsFound',
  told: 'AlertsTold',
  untold: 'AlertsFailed',
  troubles: 'TickTroubles',
  sweepsEnded: 'SweepsEnded',
  sweepsIncomplete: 'SweepsIncomplete',
  blindSpots: 'BlindSpots',
  resources: 'ResourcesRead',
  selfChecks: 'SelfChecks',
  partsUnreadable: 'PartsUnreadable',
} as const;

/** How the command line finds a deployed service. */
export const SERVICE_DOCUMENT = 'service.json';

/** What a deployed service is made of, for whoever looks at it from outside. */
export const PARTS_DOCUMENT = 'parts.json';
