import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { kindsById } from '#kinds';
import { answer, type Answer } from '../answer.ts';
import { testPublications } from '../test-alert.ts';
import { logger } from './telemetry.ts';
import { openTellingService, type TellingService } from './telling-service.ts';

/** A request over the function's URL, which AWS has authorised, or a plain invoke, which carries no identity. */
type RequestEvent = (APIGatewayProxyEventV2 & { readonly requestContext?: unknown }) | JsonObject;

const MOST_BODY = 256 * 1024;

/** Answers questions. Who asks is what AWS says in the request's context, never what the body says. */
export async function handler(
  event: RequestEvent,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2 | object> {
  logger.addContext(context);
  const service = openTellingService();
  if (!isOverUrl(event)) return (await answer(event, undefined, portsOf(service))).body;
  const caller = callerIn(event);
  const body = bodyIn(event);
  const given: Answer =
    body === undefined
      ? { status: 400, body: { version: 1, error: { code: 'INPUT_INVALID', message: 'the body is no JSON object' } } }
      : await answer(body, caller, portsOf(service));
  logger.info('answered', { caller, status: given.status, ask: body?.['ask'] });
  return {
    statusCode: given.status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(given.body),
  };
}

function isOverUrl(event: RequestEvent): event is APIGatewayProxyEventV2 {
  return 'requestContext' in event && 'rawPath' in event;
}

/**
 * The ARN that AWS vouches for. Whoever may invoke the function directly can write a whole event, and so a name: that right is to be
 * given to nobody (docs/runbook.md, "on-request").
 */
function callerIn({ requestContext }: APIGatewayProxyEventV2): string | undefined {
  const { authorizer } = requestContext as { readonly authorizer?: { readonly iam?: { readonly userArn?: string } } };
  return authorizer?.iam?.userArn;
}

function bodyIn({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): JsonObject | undefined {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  if (text.length > MOST_BODY) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function portsOf(service: TellingService) {
  return {
    ...service,
    kinds: kindsById,
    shapes: new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape])),
    nudge: service.wakeTeller,
    testAlert: async (by: string) => {
      for (const publication of testPublications(by, service)) await service.publisher.publish(publication);
    },
  };
}
