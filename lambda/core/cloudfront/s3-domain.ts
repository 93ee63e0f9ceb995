/** What a host name of S3 names. `access-point`: what stands behind it, its name does not tell. */
export interface S3Domain {
  readonly endpoint: 'rest' | 'website' | 'access-point';
  /** The bucket; for an access point its alias. */
  readonly name: string;
  readonly region?: string;
}

const HOST = String.raw`amazonaws\.com(?:\.cn)?$`;
const REGION = String.raw`([a-z]{2}(?:-[a-z]+)+-\d+)`;
/** Both spellings, the older regions' with a dash and the younger ones' with a dot (S3 user guide, website endpoints). */
const WEBSITE = new RegExp(String.raw`^(.+)\.s3-website[.-]${REGION}\.${HOST}`);
/** `s3`, `s3.REGION`, `s3-REGION` of old, and those for IPv6, FIPS and acceleration (S3 user guide, virtual hosting). */
const REST_SERVICE = String.raw`s3(?:-accelerate|-fips)?(?:\.dualstack)?(?:[.-]${REGION}|-external-1)?`;
const REST = new RegExp(String.raw`^(.+)\.${REST_SERVICE}\.${HOST}`);
const PATH_STYLE = new RegExp(String.raw`^${REST_SERVICE}\.${HOST}`);
const ACCESS_POINT = new RegExp(
  String.raw`^(.+)\.(?:s3-accesspoint(?:-fips)?(?:\.dualstack)?\.${REGION}|accesspoint\.s3-global)\.${HOST}`,
);
/** Endings of aliases, which no bucket may have (S3 user guide, bucket naming rules). */
const ALIAS = /(?:-s3alias|--ol-s3|\.mrap)$/;

/** What of S3 a host name names, with the path that is put before every request; undefined for a host that is not S3's. */
export function s3DomainOf(host: string, path: string): S3Domain | undefined {
  const [, site, siteRegion] = WEBSITE.exec(host) ?? [];
  if (site !== undefined) return named('website', site, siteRegion);
  const [, point, pointRegion] = ACCESS_POINT.exec(host) ?? [];
  if (point !== undefined) return named('access-point', point, pointRegion);
  const [, bucket, region] = REST.exec(host) ?? [];
  if (bucket !== undefined) return named(ALIAS.test(bucket) ? 'access-point' : 'rest', bucket, region);
  const pathStyle = PATH_STYLE.exec(host);
  const [, first = ''] = path.split('/', 2);
  return pathStyle === null || first === '' ? undefined : named('rest', first, pathStyle[1]);
}

function named(endpoint: S3Domain['endpoint'], name: string, region: string | undefined): S3Domain {
  return { endpoint, name, ...(region === undefined ? {} : { region }) };
}
