import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { EventBridgeHub } from '#aws/event-bridge-hub.ts';
import { createReads } from '#aws/reads.ts';
import { ACCOUNT } from '../builders.ts';

const events = mockClient(EventBridgeClient);
beforeEach(() => events.reset());
afterAll(() => events.restore());

const BUS = 'arn:aws:events:eu-west-1:999988887777:event-bus/plumbline-hub';
const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
const hub = (): EventBridgeHub => {
  const clients = createClients({ credentials, globalRegion: 'us-east-1' });
  return new EventBridgeHub(createReads({ account: ACCOUNT, clients, concurrency: 4 }), BUS);
};

test('an alert is put on the bus by its ARN, in the region of the bus, under our own two words', async () => {
  events.onAnyCommand().resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
  await hub().put({ finding: 'f-1' });
  const [call] = events.commandCalls(PutEventsCommand);
  expect(call?.args[0].input).toEqual({
    Entries: [{ EventBusName: BUS, Source: 'plumbline', DetailType: 'Plumbline Alert', Detail: '{"finding":"f-1"}' }],
  });
  const regions = events
    .commandCalls(PutEventsCommand)
    .map(({ thisValue }) => (thisValue as EventBridgeClient).config.region());
  expect(await Promise.all(regions)).toEqual(['eu-west-1']);
});

test.each([
  {
    case: 'the bus takes the call and not the alert',
    answer: () =>
      events
        .onAnyCommand()
        .resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'NotAuthorizedForSourceException' }] }),
    says: "the hub's bus did not take an alert (NotAuthorizedForSourceException): it is put again each minute",
  },
  {
    case: 'the call is refused',
    answer: () => events.onAnyCommand().rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' })),
    says: 'no',
  },
])('$case: it is thrown, and so put again', async ({ answer, says }) => {
  answer();
  await expect(hub().put({ finding: 'f-1' })).rejects.toThrow(says);
});
