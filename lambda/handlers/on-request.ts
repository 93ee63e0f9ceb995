import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { kindsById } from '#kinds';
import { answer, type Answer, type AnswerPorts } from '../answer.ts';
import { isChanging } from '../asks.ts';
import { withHubFindings } from '../hub-ledger.ts';
import { identify } from '../identity.ts';
import { testPublications } from '../test-alert.ts';
import type { Link } from '../tickets.ts';
import { logger } from './telemetry.ts';
import { openTellingService, type TellingService } from './telling-service.ts';

/** A request over the function's URL, or a plain invoke. Either can be written whole by whoever may invoke, so neither says who asks. */
type RequestEvent = (APIGatewayProxyEventV2 & { readonly requestContext?: unknown }) | JsonObject;

/** Answers questions. Who asks is what STS says of the proof in the body, never what the event says. */
export async function handler(
  event: RequestEvent,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2 | object> {
  logger.addContext(context);
  const service = openTellingService();
  if (!isOverUrl(event)) {
    const { body, status } = await answer(event, portsOf(service));
    note(event, status);
    return body;
  }
  const body = bodyIn(event);
  const given: Answer =
    body === undefined
      ? { status: 400, body: { version: 1, error: { code: 'INPUT_INVALID', message: 'the body is no JSON object' } } }
      : await answer(body, portsOf(service));
  note(body, given.status);
  return {
    statusCode: given.status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(given.body),
  };
}

/** What was asked, if it is a question of ours: what else stands there is a stranger's text. */
function note(body: JsonObject | undefined, status: number): void {
  const ask = body?.['ask'];
  logger.info('answered', { status, changes: isChanging(ask), ...(status < 400 ? { ask } : {}) });
}

/** Questions over accounts are few: what knows the members is loaded when the first one comes. */
async function membersKnown({ ledger }: TellingService): Promise<readonly string[]> {
  return (await import('../hub-members.ts')).knownMembers({ ledger });
}

/** Few answers are too large: what makes links is loaded for the first of them. */
async function linkTo(key: string, { clients, environment, now }: TellingService): Promise<Link> {
  const { bucket, region } = environment;
  return (await import('#aws/document-link.ts')).linkTo(clients, { bucket, key, region }, now());
}

function isOverUrl(event: RequestEvent): event is APIGatewayProxyEventV2 {
  return 'requestContext' in event && 'rawPath' in event;
}

function bodyIn({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): JsonObject | undefined {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function portsOf(service: TellingService): AnswerPorts {
  const { environment, clients, documents } = service;
  const { region } = environment;
  return {
    ...service,
    ledger: environment.hubQueue === undefined ? service.ledger : withHubFindings(service.ledger),
    kinds: new Map(service.kinds.map((kind) => [kind.declaration.id, kind])),
    ...(environment.hubQueue === undefined ? {} : { knownMembers: () => membersKnown(service) }),
    link: (key) => linkTo(key, service),
    shapes: new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape])),
    nudge: service.wakeTeller,
    testAlert: async (by: string) => {
      for (const publication of testPublications(by, service)) await service.publisher.publish(publication);
    },
    identify: (proof, question) =>
      identify(proof, question, {
        ...service,
        region,
        store: documents.place,
        // Only what changes something asks STS: whoever reads does not load its client.
        askWhoSigned: async (signed, binding) =>
          (await import('#aws/identity.ts')).askWhoSigned(clients, { proof: signed, region, ...binding }),
      }),
  };
}
