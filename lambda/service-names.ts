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
  /** Where the settings name logs of use. */
  usesQueue: 'PLUMBLINE_USES_QUEUE',
  requestUrl: 'PLUMBLINE_REQUEST_URL',
  requestFunction: 'PLUMBLINE_REQUEST_FUNCTION',
  /** The ARN of the hub's bus, and who mails: of a member of a hub. */
  hubBus: 'PLUMBLINE_HUB_BUS',
  hubTell: 'PLUMBLINE_HUB_TELL',
  /** The ARN of the queue behind the hub's bus: of the hub itself. */
  hubQueue: 'PLUMBLINE_HUB_QUEUE',
  version: 'PLUMBLINE_VERSION',
} as const;

/** The functions: one name from the bundle to the alarm. */
export const FUNCTIONS = ['on-look', 'on-sweep', 'on-tick', 'on-request', 'on-self'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The settings that the functions read stand beside their code. */
export const SETTINGS_FILE = 'settings.json';

/** Where the metrics of the service are, and their names: the code emits them, alarms and dashboard watch them. Each costs by the month, so what neither shows is logged instead. */
export const METRICS = {
  namespace: 'Plumbline',
  heartbeat: 'Heartbeat',
  drifts: 'DriftsFound',
  told: 'AlertsTold',
  untold: 'AlertsFailed',
  troubles: 'TickTroubles',
  sweepsEnded: 'SweepsEnded',
  sweepsIncomplete: 'SweepsIncomplete',
  blindSpots: 'BlindSpots',
  selfChecks: 'SelfChecks',
  partsUnreadable: 'PartsUnreadable',
} as const;

/** Where answers that take long or are large are kept, and for how many days. */
export const ANSWERS = { folder: 'reports/answers', keptDays: 7 } as const;

/** Where what logs of use came to is kept, and for how many days: the alerts that tell of it are kept whole. */
export const EVIDENCE = { folder: 'reports/evidence', keptDays: 30 } as const;

/** Those that not every account emits: where there are further regions, and at a hub. */
export const METRICS_OF_SOME = { undelivered: 'EventsUndelivered', hubHeartbeat: 'HubHeartbeat' } as const;

/** The hub's bus, which members of other accounts have to know, and what comes over it. */
export const HUB = { bus: 'plumbline-hub', source: 'plumbline', detailType: 'Plumbline Alert' } as const;

/** The role that a hub and its people read a member by. */
export const READER_ROLE = 'plumbline-reader';

/**
 * The construct of the audit bucket, which CloudFormation puts into the bucket's name in small letters: by that, and by what `service.json`
 * in it says, a hub finds the store of a member.
 */
export const AUDIT_BUCKET = { construct: 'AuditBucket', inNames: 'auditbucket' } as const;

/** How the command line finds a deployed service. */
export const SERVICE_DOCUMENT = 'service.json';

/** What a deployed service is made of, for whoever looks at it from outside. */
export const PARTS_DOCUMENT = 'parts.json';
