import { gravestOf, type Breakage, type Exposure } from '../change.ts';
import { isS3, placeText, signerOf, signerText, type Origin } from './origin.ts';

/** What a change of one origin does, a sentence for each thing that moved. */
export interface OriginChange {
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  readonly effects: readonly string[];
}

/**
 * What it does that CloudFront comes to an origin in another way. Whether requests were allowed before, and are now, stands in the bucket's
 * own settings; what is said here is what becomes of the request.
 */
export function originChangeSaid(was: Origin, is: Origin): OriginChange {
  if (placeText(was) !== placeText(is))
    return {
      exposure: 'unknown',
      breakage: 'may-break',
      effects: [
        `CloudFront asks ${placeText(is)} instead of ${placeText(was)}: other ${isS3(is) ? 'objects' : 'answers'}, under other rules.`,
      ],
    };
  const parts = [ofSigner, ofEndpoint, ofNetwork, ofPath].flatMap((of) => of(was, is) ?? []);
  if (parts.length > 0) return { ...gravestOf(parts), effects: parts.flatMap(({ effects }) => effects) };
  return { exposure: 'same', breakage: 'none', effects: [unchanged(was, is)] };
}

type Part = (was: Origin, is: Origin) => OriginChange | undefined;

const ofSigner: Part = (was, is) => {
  const [before, after] = [signerOf(was), signerOf(is)];
  const says = (breakage: Breakage, then: string): OriginChange => ({
    exposure: 'unknown',
    breakage,
    effects: [`CloudFront asks ${placeText(is)} ${signerText(is)} now, and no more ${signerText(was)}: ${then}`],
  });
  if (before === 'unknown' || after === 'unknown')
    return was.signing === is.signing && was.accessControl === is.accessControl
      ? undefined
      : says('unknown', UNKNOWN_SIGNING);
  if (before === after)
    return before === 'cloudfront' || before === 'identity' ? ofSameSigner(was, is, says) : undefined;
  if (!isS3(is)) return says(after === 'cloudfront' ? 'unknown' : 'may-break', SERVER[after]);
  if (after === 'nobody') return says('may-break', ANONYMOUS);
  if (before === 'nobody') return says('unknown', after === 'identity' ? IDENTITY_ALLOWED : CLOUDFRONT_ALLOWED);
  return says('may-break', OTHER_PRINCIPAL);
};

function ofSameSigner(
  was: Origin,
  is: Origin,
  says: (breakage: Breakage, then: string) => OriginChange,
): OriginChange | undefined {
  if (was.identity !== is.identity) return says('may-break', OTHER_PRINCIPAL);
  if (was.signing === is.signing) return undefined;
  const then =
    is.signing === 'no-override'
      ? `with that one: CloudFront signs the others alone.`
      : 'with CloudFront’s signature instead.';
  return {
    exposure: 'unknown',
    breakage: 'may-break',
    effects: [`A request that brings an Authorization header of its own now goes to ${placeText(is)} ${then}`],
  };
}

/** aws-facts §3.2 R1, R4; C1; C2. */
const ANONYMOUS =
  'what is not open to everyone is refused with 403 AccessDenied, whatever the bucket policy allows CloudFront.';
const CLOUDFRONT_ALLOWED =
  'what the bucket policy allows CloudFront it gets and passes on to whoever asks, open to everyone or not.';
const IDENTITY_ALLOWED =
  'what the bucket policy allows that identity it gets and passes on to whoever asks, open to everyone or not.';
const OTHER_PRINCIPAL = 'where the bucket policy does not allow that, it is refused with 403 AccessDenied.';
/** The address of a function, say. */
const SERVER = {
  nobody: 'if it lets in signed requests alone, it refuses these.',
  cloudfront: 'if it lets in signed requests alone, it lets these in.',
  identity: 'if it lets in signed requests alone, it refuses these.',
};
const UNKNOWN_SIGNING = 'what becomes of its requests is not known.';

const ofEndpoint: Part = (was, is) => {
  const [before, after] = [was.reachedBy === 'website', is.reachedBy === 'website'];
  if (before === after) return undefined;
  return {
    exposure: 'same',
    breakage: 'may-break',
    effects: [
      after
        ? 'It asks the website endpoint, which answers with the pages, redirects and errors of the website, where there is one.'
        : 'It no longer asks the website endpoint: index and error documents and redirects of the website do not apply.',
    ],
  };
};

const ofNetwork: Part = (was, is) => {
  const isInside = is.reachedBy === 'vpc-origin';
  if (isInside === (was.reachedBy === 'vpc-origin')) return undefined;
  const effect = isInside
    ? 'CloudFront comes to it through a VPC now, and no more over the internet.'
    : 'CloudFront comes to it over the internet now, and no more through a VPC.';
  return { exposure: 'unknown', breakage: 'may-break', effects: [effect] };
};

const ofPath: Part = (was, is) =>
  was.path === is.path
    ? undefined
    : {
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          `CloudFront asks under ${is.path || '/'} instead of ${was.path || '/'}: what is not there is not found.`,
        ],
      };

function unchanged(was: Origin, is: Origin): string {
  if (was.domain !== is.domain) return `It is ${placeText(is)} as before, by another of its names.`;
  if (was.accessControl !== is.accessControl && signerOf(is) === 'cloudfront')
    return `CloudFront signs as before, under origin access control ${is.accessControl ?? ''} instead of ${was.accessControl ?? ''}.`;
  return `CloudFront asks ${placeText(is)} as before.`;
}
