import { getObject } from './s3-objects.ts';
import { accepted, attemptOf, openIn } from './s3-attempt.ts';
import { Refused, websiteOf, type Answer, type Call, type Service } from '../request.ts';
import type { World } from '../world.ts';

/** A bucket's website endpoint: plain HTTP, no signature, pages of HTML, and only what everyone may read (aws-facts §3.2 H1). */
export function s3Website(world: () => World): Service {
  return {
    nameOf: ({ headers }) => ({ operation: 'GetWebsitePage', of: websiteOf(headers.host) ?? '' }),
    answer: (call) => page(call, world()),
    refuse: ({ code, status, message, headers }) => ({
      status,
      headers: { 'content-type': 'text/html', ...headers },
      body: `<html><h1>${status}</h1><ul><li>Code: ${code}</li><li>Message: ${message}</li></ul></html>`,
    }),
  };
}

function page(call: Call, world: World): Answer {
  const name = websiteOf(call.headers.host) ?? '';
  const bucket = Object.hasOwn(world.buckets, name) ? world.buckets[name] : undefined;
  if (bucket === undefined) throw new Refused('NoSuchBucket', 404, 'The specified bucket does not exist');
  if (bucket.website === undefined)
    throw new Refused('NoSuchWebsiteConfiguration', 404, 'The specified bucket does not have a website configuration');
  const path = `/${name}${call.path}${call.path.endsWith('/') ? bucket.website.index : ''}`;
  const asked = { ...call, path, accessKey: undefined };
  const attempt = attemptOf(asked, 'GetWebsitePage', world);
  const ruling = accepted(world, attempt);
  const { headers, body } = getObject({ attempt, bucket, call: asked, world });
  return { status: ruling.status, headers: { ...headers, ...openIn(ruling) }, ...(body === undefined ? {} : { body }) };
}
