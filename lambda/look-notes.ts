import type { AlertEvidence } from '#core/alert-evidence.ts';
import { hasProofNews } from '#core/finding-decision.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { ImpactWatch } from '#core/impact-watch.ts';
import type { Json } from '#core/json.ts';
import { proofNoteOf, type ProofNote } from '#core/recovery-proof.ts';
import { isNewsAfter, noteOf, recoveredAt, type UseNote } from '#core/use-note.ts';
import { evidenceKey, saveEvidence } from './evidence-documents.ts';
import { keyOfFinding, recordsOf } from './finding-family.ts';
import type { Documents, Ledger } from './ports.ts';

interface NotingPorts {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly now: () => Date;
}

/** Keeps what a look came to, and has the teller decide; returns whether there is something to tell. */
export async function noteLook(watch: ImpactWatch, evidence: AlertEvidence, ports: NotingPorts): Promise<boolean> {
  const { finding, proofFrom } = watch;
  const { readAt, proof, impact } = evidence;
  const document = evidenceKey(finding, readAt, 'told');
  await saveEvidence(ports.documents, document, evidence);
  if (proofFrom === undefined || proof === undefined) return noteUse(finding, noteOf(evidence, document), ports);
  return noteProof(finding, proofNoteOf(proof, { readAt, document, failures: impact.count }), ports);
}

/** Writes down what a look came to, and has the teller decide; returns whether there is something to tell. */
async function noteUse(id: string, note: UseNote, ports: NotingPorts): Promise<boolean> {
  for (;;) {
    const item = await ports.ledger.read(keyOfFinding(id));
    const finding = item?.body as unknown as FindingRecord | undefined;
    if (item === undefined || finding === undefined || finding.status !== 'open') return false;
    if (finding.use !== undefined && finding.use.readAt >= note.readAt) return false;
    const body = { ...finding, use: note } as unknown as Json;
    // Somebody who tells right now finds that it was written, and decides anew.
    const due = finding.lease === undefined ? { dueAt: ports.now().toISOString() } : {};
    if ((await ports.ledger.write({ ...item, body, ...due })) === 'written')
      return isNewsAfter(note, finding.told?.use) || recoveredAt(await recordsOf(finding, ports)) !== undefined;
  }
}

/** The same of a look after the recovery: only of what has recovered. */
async function noteProof(id: string, note: ProofNote, ports: NotingPorts): Promise<boolean> {
  for (;;) {
    const item = await ports.ledger.read(keyOfFinding(id));
    const finding = item?.body as unknown as FindingRecord | undefined;
    if (item === undefined || finding === undefined || finding.status !== 'recovered') return false;
    if (finding.proof !== undefined && finding.proof.readAt >= note.readAt) return false;
    const noted: FindingRecord = { ...finding, proof: note };
    const now = ports.now().toISOString();
    const isNews = hasProofNews(noted, now);
    const due = isNews && finding.lease === undefined ? { dueAt: now } : {};
    if ((await ports.ledger.write({ ...item, body: noted as unknown as Json, ...due })) === 'written') return isNews;
  }
}
