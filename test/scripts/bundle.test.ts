import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '#aws/failure.ts';
import { bundleFunction } from '../../scripts/bundle.mjs';
import type * as bundledClients from './bundled-clients.ts';

type Clients = typeof bundledClients;

let clients: Clients;
let folder: string;
let server: Server;
let refusal = { code: '', status: 0 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-bundle-'));
  await bundleFunction(join(import.meta.dirname, 'bundled-clients.ts'), folder);
  clients = (await import(pathToFileURL(join(folder, 'index.mjs')).href)) as Clients;
  server = createServer((request, response) => {
    const { code, status } = refusal;
    const isXml = request.method === 'GET' || request.headers['content-type'] === 'application/x-www-form-urlencoded';
    response.writeHead(status, {
      'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1',
      // SQS tells beside its new name the one that it had in its older protocol.
      ...(code === 'QueueDoesNotExist'
        ? { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' }
        : {}),
    });
    response.end(
      isXml
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`
        : JSON.stringify({ __type: `com.amazonaws.any#${code}`, Message: 'no' }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
}, 60_000);

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

const settings = () => ({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});
const organizations = () =>
  new clients.OrganizationsClient(settings()).send(
    new clients.DescribeEffectivePolicyCommand({ PolicyType: 'S3_POLICY' }),
  );
const cloudFront = () =>
  new clients.CloudFrontClient(settings()).send(new clients.GetDistributionCommand({ Id: 'E1' }));
const waf = () =>
  new clients.WAFV2Client(settings()).send(
    new clients.GetIPSetCommand({ Name: 'deny-list', Scope: 'REGIONAL', Id: 'set-1' }),
  );
const cloudTrail = () => new clients.CloudTrailClient(settings()).send(new clients.LookupEventsCommand({}));
const account = () => new clients.AccountClient(settings()).send(new clients.ListRegionsCommand({}));
const dynamoDb = () =>
  new clients.DynamoDBClient(settings()).send(
    new clients.PutItemCommand({ TableName: 'ledger', Item: { family: { S: 'drift' } } }),
  );
const sts = () =>
  new clients.STSClient(settings()).send(new clients.AssumeRoleCommand({ RoleArn: 'arn', RoleSessionName: 'run' }));

const sqs = () =>
  new clients.SQSClient(settings()).send(
    new clients.GetQueueAttributesCommand({ QueueUrl: `${settings().endpoint}/111122223333/queue` }),
  );

const s3Control = () =>
  new clients.S3ControlClient({
    ...settings(),
    // A number has no names below it: the account would stand before it.
    endpointProvider: () => ({ url: new URL(settings().endpoint) }),
    disableHostPrefix: true,
  }).send(new clients.GetPublicAccessBlockCommand({ AccountId: '111122223333' }));
const tagging = () => new clients.ResourceGroupsTaggingAPIClient(settings()).send(new clients.GetResourcesCommand({}));

interface Case {
  readonly call: () => Promise<unknown>;
  readonly code: string;
  /** As AWS sends it, where it is told under another name. */
  readonly sent?: string;
  readonly status: number;
  readonly kind: string;
}

test.each<Case>([
  { call: s3Control, code: 'NoSuchPublicAccessBlockConfiguration', status: 404, kind: 'refused' },
  { call: s3Control, code: 'AccessDenied', status: 403, kind: 'refused' },
  { call: s3Control, code: 'TooManyRequestsException', status: 429, kind: 'throttled' },
  { call: tagging, code: 'ThrottledException', status: 400, kind: 'throttled' },
  { call: tagging, code: 'AccessDeniedException', status: 400, kind: 'refused' },
  {
    call: sqs,
    code: 'AWS.SimpleQueueService.NonExistentQueue',
    sent: 'QueueDoesNotExist',
    status: 400,
    kind: 'refused',
  },
  { call: sqs, code: 'RequestThrottled', status: 400, kind: 'throttled' },
  { call: sqs, code: 'OverLimit', status: 400, kind: 'refused' },
  { call: dynamoDb, code: 'ConditionalCheckFailedException', status: 400, kind: 'refused' },
  { call: dynamoDb, code: 'ProvisionedThroughputExceededException', status: 400, kind: 'throttled' },
  { call: dynamoDb, code: 'ResourceNotFoundException', status: 400, kind: 'refused' },
  { call: account, code: 'AccessDeniedException', status: 403, kind: 'refused' },
  { call: account, code: 'TooManyRequestsException', status: 429, kind: 'throttled' },
  { call: sts, code: 'AccessDenied', status: 403, kind: 'refused' },
  { call: sts, code: 'ExpiredToken', status: 403, kind: 'credentials' },
  { call: sts, code: 'RegionDisabledException', status: 403, kind: 'refused' },
  { call: organizations, code: 'EffectivePolicyNotFoundException', status: 400, kind: 'refused' },
  { call: organizations, code: 'AWSOrganizationsNotInUseException', status: 400, kind: 'refused' },
  { call: organizations, code: 'AccessDeniedException', status: 400, kind: 'refused' },
  { call: organizations, code: 'TooManyRequestsException', status: 400, kind: 'throttled' },
  { call: cloudFront, code: 'NoSuchDistribution', status: 404, kind: 'refused' },
  { call: cloudFront, code: 'AccessDenied', status: 403, kind: 'refused' },
  { call: cloudFront, code: 'Throttling', status: 400, kind: 'throttled' },
  { call: waf, code: 'WAFNonexistentItemException', status: 400, kind: 'refused' },
  { call: waf, code: 'ThrottlingException', status: 400, kind: 'throttled' },
  { call: cloudTrail, code: 'ThrottlingException', status: 400, kind: 'throttled' },
  { call: cloudTrail, code: 'InvalidMaxResultsException', status: 400, kind: 'refused' },
  { call: cloudTrail, code: 'ExpiredTokenException', status: 400, kind: 'credentials' },
])(
  'a bundled client, whose errors have no classes, still tells $code by its name',
  async ({ call, sent, ...is }: Case) => {
    refusal = { code: sent ?? is.code, status: is.status };
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toMatchObject({ code: is.code, kind: is.kind });
    expect(error).toMatchObject({ $metadata: { httpStatusCode: is.status } });
  },
);
