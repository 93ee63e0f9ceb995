/** aws-facts §3.3: all sixteen effective combinations, as the table has them. Written before the code. */
export type Column = 'Wpub' | 'Racl' | 'RaclP' | 'Rpol' | 'Xmix' | 'Ppub' | 'BOE-Wpub';
/** `ok`, a status, or `ok*`: accepted, but the ACL grants nothing. `400|403`: refused, and which of the two is not settled. */
export type Cell = 'ok' | 'ok*' | '403' | '400' | '400|403';

export const COLUMNS: readonly Column[] = ['Wpub', 'Racl', 'RaclP', 'Rpol', 'Xmix', 'Ppub', 'BOE-Wpub'];

export const SIXTEEN_ROWS: readonly {
  /** BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets. */
  readonly flags: string;
  readonly cells: readonly Cell[];
  readonly says: string;
}[] = [
  {
    flags: '0000',
    cells: ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', '400'],
    says: 'Nothing is blocked: public ACLs and public policies are accepted, and work.',
  },
  {
    flags: '0001',
    cells: ['ok', 'ok', '403', '403', '403', 'ok', '400'],
    says: 'A public policy lets in only AWS services and the own account.',
  },
  {
    flags: '0010',
    cells: ['ok', 'ok', 'ok', 'ok', 'ok', '403', '400'],
    says: 'New public policies are refused.',
  },
  {
    flags: '0011',
    cells: ['ok', 'ok', '403', '403', '403', '403', '400'],
    says: 'New public policies are refused; a public policy lets in only AWS services and the own account.',
  },
  {
    flags: '0100',
    cells: ['ok*', '403', 'ok', 'ok', 'ok', 'ok', '400'],
    says: 'Public ACLs are accepted and grant nothing.',
  },
  {
    flags: '0101',
    cells: ['ok*', '403', '403', '403', '403', 'ok', '400'],
    says: 'Public ACLs are accepted and grant nothing; a public policy lets in only AWS services and the own account.',
  },
  {
    flags: '0110',
    cells: ['ok*', '403', 'ok', 'ok', 'ok', '403', '400'],
    says: 'Public ACLs are accepted and grant nothing; new public policies are refused.',
  },
  {
    flags: '0111',
    cells: ['ok*', '403', '403', '403', '403', '403', '400'],
    says: 'Public ACLs are accepted and grant nothing; new public policies are refused; a public policy lets in only AWS services and the own account.',
  },
  {
    flags: '1000',
    cells: ['403', 'ok', 'ok', 'ok', 'ok', 'ok', '400|403'],
    says: 'New public ACLs are refused; stored ones grant.',
  },
  {
    flags: '1001',
    cells: ['403', 'ok', '403', '403', '403', 'ok', '400|403'],
    says: 'New public ACLs are refused; stored ones grant; a public policy lets in only AWS services and the own account.',
  },
  {
    flags: '1010',
    cells: ['403', 'ok', 'ok', 'ok', 'ok', '403', '400|403'],
    says: 'New public ACLs are refused; stored ones grant; new public policies are refused.',
  },
  {
    flags: '1011',
    cells: ['403', 'ok', '403', '403', '403', '403', '400|403'],
    says: 'New public ACLs are refused; stored ones grant; new public policies are refused; a public policy lets in only AWS services and the own account.',
  },
  {
    flags: '1100',
    cells: ['403', '403', 'ok', 'ok', 'ok', 'ok', '400|403'],
    says: 'New public ACLs are refused; stored ones grant nothing.',
  },
  {
    flags: '1101',
    cells: ['403', '403', '403', '403', '403', 'ok', '400|403'],
    says: 'New public ACLs are refused; stored ones grant nothing; a public policy lets in only AWS services and the own account.',
  },
  {
    flags: '1110',
    cells: ['403', '403', 'ok', 'ok', 'ok', '403', '400|403'],
    says: 'New public ACLs are refused; stored ones grant nothing; new public policies are refused.',
  },
  {
    flags: '1111',
    cells: ['403', '403', '403', '403', '403', '403', '400|403'],
    says: 'New public ACLs are refused; stored ones grant nothing; new public policies are refused; a public policy lets in only AWS services and the own account.',
  },
];
