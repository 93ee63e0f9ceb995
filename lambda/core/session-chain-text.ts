import type { Chain, Link } from './session-chain.ts';

const MISSING = 'whose session was given by an event that is in none of what was read';

/**
 * In one phrase, to stand after who called: `whose session was given by AssumeRole at 2025-10-28 18:58:03 UTC to user ana`. Undefined
 * where there is nothing to say beyond who called. Its texts are strangers': escape them where they are shown. Pure.
 */
export function chainText({ links, end, issuer, doubts }: Chain): string | undefined {
  const isCut = end === 'cut';
  const steps = [
    ...links.map(linkText),
    ...(issuer === undefined ? [] : [`whose session is of user ${issuer}`]),
    ...(end === 'not-found' ? [MISSING] : []),
    ...(end === 'long-lived-key' && links.length > 0 ? ['with a long-lived access key'] : []),
    ...(isCut ? [`and so on: ${doubts.at(-1) ?? ''}`] : []),
  ].join(', ');
  if (steps === '') return undefined;
  const log = end === 'other-account' ? ': who that is stands in the log of that account' : '';
  const left = isCut ? doubts.slice(0, -1) : doubts;
  return `${steps}${log}${left.length === 0 ? '' : ` (${left.join('; ')})`}`;
}

function linkText({ call, at, whoText, provider, isWithMfa }: Link): string {
  const time = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  const voucher = provider === undefined ? '' : ` of ${providerText(provider)}`;
  return `whose session was given by ${call}${isWithMfa === true ? ' with MFA' : ''} at ${time} to ${whoText}${voucher}`;
}

/** More than this of a stranger's text is no part of a sentence. */
const LONGEST_SHOWN = 80;

function providerText(provider: string): string {
  if (provider.startsWith('https://portal.sso.')) return 'IAM Identity Center';
  return provider.replace(/^arn:[^/]*:oidc-provider\//, '').slice(0, LONGEST_SHOWN);
}
