/** The generated parts of docs/verdicts.md: the table of operations, and the cases of others on which AWS's page can be read either way. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '#core/json.ts';
import { OPERATIONS } from '#core/s3/operations.ts';
import { verdictOnPolicy, type PolicyVerdict } from '#core/s3/policy-publicness.ts';

const CORPUS = join(import.meta.dirname, '..', '..', 'shared', 'corpora', 'policies.jsonl');

/** Every operation that is judged. */
export function operationTable(): string {
  const opens = {
    world: 'everyone',
    others: 'others who are named',
    later: 'whoever is let in by it later',
    nobody: 'nobody further',
  };
  const breaks = {
    now: 'at once',
    later: 'at the next deployment that does it',
    never: 'never: it is a step of hardening, or of nobody’s work',
  };
  const rows = OPERATIONS.map(
    ({ row, title, breaks: when, opens: whom }) => `| ${row} | ${title} | ${breaks[when]} | ${opens[whom]} |`,
  );
  return [
    '| row | who does what | a refusal is felt | being allowed lets in |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

interface Case {
  readonly id: string;
  readonly policy: JsonObject;
  readonly expected: string;
  readonly note: string | null;
}

/** The disputable cases with our verdict, our reason and why the source differs; nothing where the cases are not at hand. */
export function disputableTable(): string | undefined {
  if (!existsSync(CORPUS)) return undefined;
  const records = readFileSync(CORPUS, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case & { readonly disputable?: boolean });
  const rows = records
    .filter(({ disputable }) => disputable === true)
    .map((record) => {
      const verdict = verdictOnPolicy(record.policy);
      return `| ${record.id} | ${record.expected} | ${verdict.verdict} | ${cell(verdict.reasons[0] ?? '')} | ${whyOf(record, verdict)} |`;
    });
  return [
    '| case | the source says | we say | our reason | why it is disputable, or why the source differs |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('$', '&#36;');
}

/** In the order in which they explain: the first that fits is why. */
const WHY: readonly {
  readonly fits: (of: Record<'policy' | 'because' | 'expected' | 'note', string>) => boolean;
  readonly why: string;
}[] = [
  {
    fits: ({ policy }) => !policy.includes('"Statement"'),
    why: 'a document without statements grants nothing, and S3 would refuse it',
  },
  {
    fits: ({ because, policy }) => because.includes('NotPrincipal') || policy.includes('"NotPrincipal"'),
    why: "AWS's page does not speak of NotPrincipal with Allow; IAM no longer supports it",
  },
  {
    fits: ({ because }) => because.startsWith('whoever signed in at'),
    why: "AWS's page called web identity providers public until 2023 and is silent since; the source takes a provider for one party, or lets a Deny or an allow-list take it back",
  },
  {
    fits: ({ because }) => because.startsWith('federated provider'),
    why: 'the source says that such a name matches nobody; for S3 a wildcard is no fixed value',
  },
  {
    fits: ({ because }) => because.includes('fixed federated provider'),
    why: "AWS's page names no federated providers at all; the source takes one of a fixed account for shared",
  },
  {
    fits: ({ policy }) => policy.includes('"Federated"'),
    why: 'it holds a web identity provider besides, which AWS’s page no longer mentions',
  },
  {
    fits: ({ because, expected }) => because.startsWith('the principals are fixed: service') && expected === 'public',
    why: 'the source calls a service that may act for any account public (confused deputy); for S3 a service principal is fixed',
  },
  {
    fits: ({ because, expected }) => because.startsWith('the principals are fixed: account') && expected === 'public',
    why: 'the source judges the condition alone; for S3 a fixed principal is enough',
  },
  {
    fits: ({ policy }) => !policy.includes('"Action"') && !policy.includes('"NotAction"'),
    why: 'S3 refuses a statement without an action; the principals are judged all the same',
  },
  {
    fits: ({ because }) => because.includes('S3 refuses such a principal') || because.startsWith('service "'),
    why: 'S3 refuses such a principal when it is put, so the source says that it matches nobody; by the letter a wildcard is no fixed value',
  },
  {
    fits: ({ because }) => because.includes('though it narrows to account'),
    why: 'the source reads the account in the value as the limit; AWS’s page allows no wildcard there',
  },
  {
    fits: ({ because }) => because.includes('lets in a request without'),
    why: 'AWS’s page does not speak of IfExists; the key may be missing, so it limits nobody',
  },
  {
    fits: ({ because }) => because.includes('only leaves somebody out'),
    why: 'the source takes any condition on the key as a limit; a negated operator names nobody',
  },
  {
    fits: ({ because }) => because.includes('is no operator that pins'),
    why: 'IAM knows no such operator; the source credits the key all the same, or an allow-list decides',
  },
  {
    fits: ({ because }) => because.includes('has a wildcard'),
    why: 'under this operator the sign is taken as it is written; by the letter it is no fixed value',
  },
  {
    fits: ({ because }) => because.includes('is not among the keys'),
    why: 'the source credits a key that is not on AWS’s list, or its allow-list decides',
  },
  {
    fits: ({ policy }) => policy.includes('aws:ResourceOrgID'),
    why: 'another key pins it; aws:ResourceOrgID, which the source credits, is not on AWS’s list',
  },
  {
    fits: ({ note }) => note.includes('conditions ignored'),
    why: 'the source looks at the principal alone and ignores conditions, or the principal is malformed',
  },
  {
    fits: ({ because }) => because.includes('aws:SourceArn is pinned'),
    why: 'the ARN is cut short and matches nothing, but it is fixed; the source’s verdict is about its allow-list',
  },
  {
    fits: ({ because }) => because.includes('is pinned to'),
    why: 'the value is malformed and matches nobody, or the operator is for another type: fixed all the same',
  },
  { fits: () => true, why: 'the principal is malformed, so S3 would refuse the policy; it is fixed all the same' },
];

function whyOf({ policy, expected, note }: Case, { reasons }: PolicyVerdict): string {
  const of = { policy: JSON.stringify(policy), because: reasons[0] ?? '', expected, note: note ?? '' };
  return WHY.find(({ fits }) => fits(of))?.why ?? '';
}

/** The text between two marks, replaced. */
export function withPart(document: string, name: string, part: string | undefined): string {
  if (part === undefined) return document;
  const marks = new RegExp(`(<!-- ${name} -->)[\\s\\S]*(<!-- /${name} -->)`);
  return document.replace(marks, (_all, start: string, end: string) => `${start}\n\n${part}\n\n${end}`);
}
