import { Refused, type Answer, type Call, type Service } from '../request.ts';
import type { Distribution, Origin, World } from '../world.ts';
import { xmlDocument, type Xml } from '../xml.ts';

const NAMESPACE = 'http://cloudfront.amazonaws.com/doc/2020-05-31/';
/** `/2020-05-31/distribution/E123`, and what there is of one. */
const PATH = /^\/2020-05-31\/(distribution|origin-access-control)(?:\/([^/]+))?(\/config)?$/;

/** CloudFront speaks REST with XML, at one endpoint for all regions: what is signed for another than us-east-1 is refused. */
export function cloudfront(world: () => World): Service {
  return {
    nameOf: (call) => {
      const { operation, id } = partsOf(call);
      return { operation, of: id ?? `page-${call.query.get('Marker') ?? ''}` };
    },
    answer: (call) => answer(call, world()),
    refuse: ({ code, status, message }: Refused): Answer => ({
      status,
      headers: { 'content-type': 'text/xml' },
      body: `<?xml version="1.0"?>\n<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>double</RequestId></ErrorResponse>`,
    }),
  };
}

function partsOf({ path, method }: Call): { readonly operation: string; readonly id: string | undefined } {
  const [, kind, id, config = ''] = PATH.exec(path) ?? [];
  if (kind === undefined || method !== 'GET') return { operation: 'Unknown', id };
  const noun = kind === 'distribution' ? 'Distribution' : 'OriginAccessControl';
  return id === undefined
    ? { operation: `List${noun}s`, id }
    : { operation: `Get${noun}${config === '' ? '' : 'Config'}`, id };
}

function answer(call: Call, { account, distributions = {}, accessControls = {} }: World): Answer {
  if (call.region !== 'us-east-1')
    throw new Refused('SignatureDoesNotMatch', 403, 'Credential should be scoped to us-east-1');
  const { operation, id = '' } = partsOf(call);
  const one = Object.hasOwn(distributions, id) ? distributions[id] : undefined;
  switch (operation) {
    case 'ListDistributions':
      return ok(xmlDocument('DistributionList', listXml(call, { account, distributions }), NAMESPACE));
    case 'GetDistribution':
      return tagged(one, (found) =>
        xmlDocument('Distribution', { ...namedXml(id, account), DistributionConfig: configXml(found) }, NAMESPACE),
      );
    case 'GetDistributionConfig':
      return tagged(one, (found) => xmlDocument('DistributionConfig', configXml(found), NAMESPACE));
    case 'GetOriginAccessControl': {
      const signing = accessControls[id];
      if (signing === undefined)
        throw new Refused('NoSuchOriginAccessControl', 404, 'The specified origin access control does not exist.');
      const OriginAccessControlConfig = {
        Name: id,
        SigningProtocol: 'sigv4',
        SigningBehavior: signing,
        OriginAccessControlOriginType: 's3',
      };
      return ok(xmlDocument('OriginAccessControl', { Id: id, OriginAccessControlConfig }, NAMESPACE));
    }
    default:
      return { status: 501, body: `the double has no ${call.method} ${call.path}` };
  }
}

function ok(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

function tagged(found: Distribution | undefined, body: (found: Distribution) => string): Answer {
  if (found === undefined) throw new Refused('NoSuchDistribution', 404, 'The specified distribution does not exist.');
  return { ...ok(body(found)), headers: { 'content-type': 'text/xml', etag: 'E2QWRUHAPOMQZL' } };
}

/** AWS pages by the id after which the next page begins. */
function listXml({ query }: Call, { account, distributions = {} }: Pick<World, 'account' | 'distributions'>): Xml {
  const ids = Object.keys(distributions).sort();
  const marker = query.get('Marker') ?? '';
  const most = Number(query.get('MaxItems') ?? 100);
  const rest = ids.filter((id) => id > marker);
  const page = rest.slice(0, most);
  const isTruncated = rest.length > page.length;
  return {
    Marker: marker,
    ...(isTruncated ? { NextMarker: page.at(-1) } : {}),
    MaxItems: most,
    IsTruncated: isTruncated,
    Quantity: page.length,
    Items: {
      DistributionSummary: page.flatMap((id) => {
        const found = distributions[id];
        return found === undefined
          ? []
          : [{ ...(namedXml(id, account) as object), ...(configXml(found) as object) } as Xml];
      }),
    },
  };
}

function namedXml(id: string, account: string): { readonly [name: string]: Xml } {
  return {
    Id: id,
    ARN: `arn:aws:cloudfront::${account}:distribution/${id}`,
    Status: 'Deployed',
    DomainName: `${id.toLowerCase()}.cloudfront.net`,
  };
}

function configXml({
  aliases = [],
  comment = '',
  enabled = true,
  webAcl = '',
  origins,
  served,
  paths = {},
}: Distribution): Xml {
  const behavior = (TargetOriginId: string): { readonly [name: string]: Xml } => ({
    TargetOriginId,
    ViewerProtocolPolicy: 'redirect-to-https',
  });
  return {
    Aliases: { Quantity: aliases.length, ...(aliases.length === 0 ? {} : { Items: { CNAME: aliases } }) },
    Origins: {
      Quantity: Object.keys(origins).length,
      Items: { Origin: Object.entries(origins).map(([id, origin]) => originXml(id, origin)) },
    },
    DefaultCacheBehavior: behavior(served),
    CacheBehaviors: {
      Quantity: Object.keys(paths).length,
      Items: {
        CacheBehavior: Object.entries(paths).map(([PathPattern, target]) => ({ PathPattern, ...behavior(target) })),
      },
    },
    Comment: comment,
    Enabled: enabled,
    WebACLId: webAcl,
  };
}

function originXml(Id: string, { domain, path = '', accessControl = '', identity }: Origin): Xml {
  const S3OriginConfig = {
    OriginAccessIdentity: identity === undefined ? '' : `origin-access-identity/cloudfront/${identity}`,
  };
  const isBucket = /\.s3[.-](?!website)/.test(domain);
  return {
    Id,
    DomainName: domain,
    OriginPath: path,
    CustomHeaders: { Quantity: 0 },
    ...(isBucket
      ? { S3OriginConfig }
      : { CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' } }),
    OriginAccessControlId: accessControl,
  };
}
