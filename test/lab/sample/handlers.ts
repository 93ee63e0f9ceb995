import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

interface Batch {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

interface Context {
  readonly functionName: string;
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

interface Asked {
  readonly ask?: 'context' | 'identity' | 'publish' | 'throw' | 'sleep' | 'exit';
  readonly requestContext?: {
    readonly http: { readonly method: string };
    readonly authorizer: { readonly iam: { readonly userArn: string } };
  };
  readonly rawPath?: string;
  readonly body?: string;
}

const sns = new SNSClient({});
let invocations = 0;

const publish = (Message: string, attributes: Readonly<Record<string, string>> = {}) =>
  sns.send(
    new PublishCommand({
      TopicArn: process.env['TOPIC'],
      Message,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );

/** Passes each item of a batch on to the topic; an item that says `poison` fails. */
export async function relay({ Records }: Batch): Promise<unknown> {
  console.log(`batch of ${Records.length}`);
  const failures: { itemIdentifier: string }[] = [];
  for (const { messageId, body, attributes } of Records) {
    if (body.includes('poison')) failures.push({ itemIdentifier: messageId });
    else
      await publish(body, {
        size: body.length > 60 ? 'large' : 'small',
        count: attributes['ApproximateReceiveCount'] ?? '',
      });
  }
  return { batchItemFailures: failures };
}

/** Does what it is asked, and tells how. */
export async function echo(event: Asked, context: Context): Promise<unknown> {
  invocations += 1;
  if (event.requestContext) {
    const { http, authorizer } = event.requestContext;
    return {
      statusCode: 201,
      headers: { 'content-type': 'text/plain', 'x-path': event.rawPath },
      body: `${http.method} by ${authorizer.iam.userArn}: ${event.body ?? 'nothing'}`,
    };
  }
  switch (event.ask) {
    case 'context':
      return {
        ...context,
        invocations,
        left: context.getRemainingTimeInMillis(),
        version: process.env['VERSION'],
      };
    case 'identity':
      return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;
    case 'publish':
      return (await publish('said later')).MessageId;
    case 'throw':
      throw new TypeError('it was asked to');
    case 'sleep':
      return new Promise(() => setTimeout(() => undefined, 60_000));
    case 'exit':
      return process.exit(3);
    default:
      return event;
  }
}
