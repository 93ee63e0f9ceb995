import { createHash, randomUUID } from 'node:crypto';
import { Refused, type Service } from '../request.ts';
import { jsonService } from './json.ts';

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

/** SQS that takes every message and gives none back. The SDK compares the digest. */
export function sqs(): Service {
  return jsonService('AmazonSQS', (operation, input) => {
    switch (operation) {
      case 'SendMessage':
        return taken(String(input['MessageBody']));
      case 'SendMessageBatch':
        return {
          Successful: (input['Entries'] as Entry[]).map(({ Id, MessageBody }) => ({ Id, ...taken(MessageBody) })),
          Failed: [],
        };
      default:
        throw new Refused('InvalidAction', 400, `the double knows no ${operation} of SQS`);
    }
  });
}

function taken(body: string): { MessageId: string; MD5OfMessageBody: string } {
  return { MessageId: randomUUID(), MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
}
