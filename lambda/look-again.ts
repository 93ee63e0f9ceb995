import type { ResourceRef } from '#core/reference.ts';
import type { Asking } from './ports.ts';

/** Asks for a look at each of these; `why` stands in what they find. */
export async function lookAgain(
  refs: readonly ResourceRef[],
  asking: Asking,
  { why, afterSeconds = 0 }: { readonly why: string; readonly afterSeconds?: number },
): Promise<void> {
  const messages = refs.map((ref) => ({
    plumbline: 'look' as const,
    look: { at: { refs: [ref], hint: {} }, because: { again: why } },
  }));
  if (messages.length > 0) await asking.ask(messages, afterSeconds);
}
