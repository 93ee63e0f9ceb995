import { timeIn } from '#render/alert-words.ts';
import { printable } from '#render/printable.ts';
import type { Publication } from './ports.ts';

/** One alert to everyone who is told, that says that it is none: does it arrive? */
export function testPublications(
  by: string,
  {
    account,
    timeZone,
    chat,
    now,
  }: { readonly account: string; readonly timeZone: string; readonly chat: boolean; readonly now: () => Date },
): readonly Publication[] {
  const at = now().toISOString();
  const subject = `TEST: an alert of Plumbline looks like this (${account})`;
  const text = `This is a test that ${printable(by)} sent at ${timeIn(at, timeZone)}. Nothing has changed in account ${account}.\n\nWho reads this is told when something does.\n`;
  const attributes = { type: 'test', status: 'test', severity: 'critical', account };
  const json = JSON.stringify({ version: 1, type: 'plumbline.test', account, at, by });
  const chatBody = JSON.stringify({
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title: subject, description: 'This is a test. Nothing has changed.' },
  });
  return [
    { topic: 'alerts', subject, text, json, attributes },
    { topic: 'self-watch', subject, text, attributes },
    ...(chat ? [{ topic: 'chat' as const, subject, text: chatBody, attributes }] : []),
  ];
}
