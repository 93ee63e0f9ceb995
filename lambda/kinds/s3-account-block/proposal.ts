import { proposedBlock } from '../block-proposal.ts';
import type { KindProposal } from '../kind.ts';

export const proposal: KindProposal = { paths: ['publicAccessBlock'], propose: proposedBlock };
