import type { Answer, Call, Refused, Service } from '../request.ts';
import type { World } from '../world.ts';
import { xmlDocument, type Xml } from '../xml.ts';

/** STS and EC2 speak the query protocol: a form in, XML out. */
export function sts(world: () => World): Service {
  return queryService('https://sts.amazonaws.com/doc/2011-06-15/', () => {
    const { account, caller } = world();
    return { GetCallerIdentityResult: { Arn: caller, UserId: 'AIDADOUBLE', Account: account } };
  });
}

export function ec2(world: () => World): Service {
  return queryService('http://ec2.amazonaws.com/doc/2016-11-15/', () => ({
    regionInfo: { item: world().regions.map((regionName) => ({ regionName, optInStatus: 'opt-in-not-required' })) },
  }));
}

function queryService(namespace: string, content: (operation: string) => Xml): Service {
  const operationOf = (call: Call): string => new URLSearchParams(call.body).get('Action') ?? 'Unknown';
  return {
    nameOf: (call) => ({ operation: operationOf(call), of: 'account' }),
    answer: (call): Answer => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: xmlDocument(`${operationOf(call)}Response`, content(operationOf(call)), namespace),
    }),
    refuse: ({ code, status, message }: Refused): Answer => ({
      status,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    }),
  };
}
