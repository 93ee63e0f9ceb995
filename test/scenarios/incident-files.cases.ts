/** What the postmortem has, and the raw files must have too. Times are UTC; EDT is four hours behind. */
export const CALLS = [
  {
    fact: 'incidents.md A, 15:00 (the deny lists come first)',
    at: '2025-10-28T18:45:00Z',
    name: 'UpdateIPSet',
    accounts: 1,
  },
  { fact: 'incidents.md A, 15:00', at: '2025-10-28T19:00:00Z', name: 'PutAccountPublicAccessBlock', accounts: 3 },
  {
    fact: 'incidents.md A, 29th 10:30',
    at: '2025-10-29T14:30:00Z',
    name: 'DeleteAccountPublicAccessBlock',
    accounts: 3,
  },
] as const;

/** Refused requests by bucket: of one the postmortem has the number, of the others nobody counted. */
export const FAILURES = [
  { fact: 'incidents.md A, "967 4XX errors on one bucket"', bucket: 'testmaker-exports', refused: 967 },
  { fact: 'incidents.md A, document-api (made up)', bucket: 'testmaker-documents', refused: 148 },
  {
    fact: 'incidents.md A, "back-end manuscript import hit too" (made up)',
    bucket: 'backend-manuscript-import',
    refused: 61,
  },
] as const;

/** Applications that the postmortem names, by the role that their requests come with. */
export const APPLICATIONS = ['scheduler-api', 'document-api', 'content-extraction-api'] as const;

/** Durations that are computed from times (aws-facts §0: never copied from prose). */
export const DURATIONS = [
  { fact: 'incidents.md A: unseen', says: 'The first user complained 2 h 25 min after the change.' },
  { fact: 'incidents.md A: nobody on it', says: 'Nobody worked on it for 14 h 05 min;' },
  { fact: 'incidents.md A: diagnosis', says: 'finding the cause took 2 h 30 min,' },
  { fact: 'incidents.md A: rollback', says: 'and rolling back 20 min:' },
  { fact: 'aws-facts §0: 15:00 to 10:30', says: '19 h 30 min in all.' },
  { fact: 'field §3.26', says: '19 h 30 min after the' },
] as const;

/** Times in the texts that no raw file has: when the service itself read and told, and until when it goes on. */
export const OWN_TIMES: Readonly<Record<string, string>> = {
  '2025-10-28 18:30:00': 'its last sweep before the change',
  '2025-10-28 19:01:02': 'the event of the change came, and was told',
  '2025-10-28 19:02:32': 'the hub told of all accounts',
  '2025-10-28 19:13:02': 'the logs were read for the fourth time',
  '2025-10-28 19:59:02': 'the last look at the logs by the clock',
  '2025-10-28 21:25:00': 'the first user reports it, who is asked about (incidents.md A, 17:25)',
  '2025-10-29 14:30:21': 'the event of the rollback came',
  '2025-10-29 20:30:21': 'the logs were read for the fifth time since it was rolled back, and had all of them',
};
