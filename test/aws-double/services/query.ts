import { Refused, type Answer, type Call, type Service } from '../request.ts';
import type { RoleSessions } from '../role-sessions.ts';
import type { World } from '../world.ts';
import { xmlDocument, type Xml } from '../xml.ts';

/** STS and EC2 speak the query protocol: a form in, XML out. */
export function sts(world: () => World, sessions: RoleSessions): Service {
  return queryService('https://sts.amazonaws.com/doc/2011-06-15/', (operation, { body, accessKey }) => {
    const { account } = world();
    const caller = sessions.of(accessKey)?.arn ?? world().caller;
    if (operation !== 'AssumeRole')
      return { GetCallerIdentityResult: { Arn: caller, UserId: 'AIDADOUBLE', Account: account } };
    const form = new URLSearchParams(body);
    const sessionName = form.get('RoleSessionName') ?? '';
    const session = sessions.assume(world(), { role: form.get('RoleArn') ?? '', sessionName, caller });
    return {
      AssumeRoleResult: {
        AssumedRoleUser: { Arn: session.arn, AssumedRoleId: `AROADOUBLE:${sessionName}` },
        Credentials: {
          AccessKeyId: session.accessKey,
          SecretAccessKey: 'secret',
          SessionToken: 'token',
          Expiration: new Date(Date.now() + HOUR_MS).toISOString(),
        },
      },
    };
  });
}

/** How long a role is assumed for, unless more is asked. */
const HOUR_MS = 3_600_000;

export function ec2(world: () => World): Service {
  return queryService('http://ec2.amazonaws.com/doc/2016-11-15/', () => ({
    regionInfo: { item: world().regions.map((regionName) => ({ regionName, optInStatus: 'opt-in-not-required' })) },
  }));
}

/** Change sets as the world has them, so many resource changes a page; without IncludePropertyValues no contexts. */
export function cloudformation(world: () => World): Service {
  return queryService('http://cloudformation.amazonaws.com/doc/2010-05-15/', (_operation, { body }) => {
    const form = new URLSearchParams(body);
    const name = form.get('ChangeSetName') ?? '';
    const found = world().changeSets?.[name];
    if (found === undefined) throw new Refused('ChangeSetNotFound', 404, `ChangeSet [${name}] does not exist`);
    const { status = 'CREATE_COMPLETE', reason, changesPerPage = 100, changes } = found;
    const from = Number(form.get('NextToken') ?? 0);
    const next = from + changesPerPage;
    const isWhole = form.get('IncludePropertyValues') === 'true';
    return {
      DescribeChangeSetResult: {
        ChangeSetId: name,
        Status: status,
        StatusReason: reason,
        Changes: {
          member: changes.slice(from, next).map(({ BeforeContext, AfterContext, ...rest }) => ({
            Type: 'Resource',
            ResourceChange: { ...rest, ...(isWhole ? { BeforeContext, AfterContext } : {}) },
          })),
        },
        NextToken: next < changes.length ? String(next) : undefined,
      },
    };
  });
}

function queryService(namespace: string, content: (operation: string, call: Call) => Xml): Service {
  const operationOf = (call: Call): string => new URLSearchParams(call.body).get('Action') ?? 'Unknown';
  return {
    nameOf: (call) => ({
      operation: operationOf(call),
      of: new URLSearchParams(call.body).get('RoleArn') ?? 'account',
    }),
    answer: (call): Answer => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: xmlDocument(`${operationOf(call)}Response`, content(operationOf(call), call), namespace),
    }),
    refuse: ({ code, status, message }: Refused): Answer => ({
      status,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    }),
  };
}
