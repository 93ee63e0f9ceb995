import { GetPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { GetBucketAclCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };

interface AnyClient {
  readonly middlewareStack: {
    add: (middleware: () => (args: { request: unknown }) => Promise<object>, options: object) => void;
  };
  readonly send: (command: object) => Promise<unknown>;
}

/** Where a request would go; nothing is sent. */
async function addressOf(client: unknown, command: object): Promise<string> {
  const any = client as AnyClient;
  let address = '';
  const stop = (args: { request: unknown }): Promise<object> => {
    const { protocol, hostname, port, path } = args.request as {
      protocol: string;
      hostname: string;
      port?: number;
      path: string;
    };
    address = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
    return Promise.resolve({ output: { $metadata: {} }, response: {} });
  };
  any.middlewareStack.add(() => stop, { step: 'finalizeRequest', priority: 'low' });
  await any.send(command);
  return address;
}

const account = () => new GetPublicAccessBlockCommand({ AccountId: '111122223333' });
const bucket = () => new GetBucketAclCommand({ Bucket: 'exports' });

describe('endpoints as a stranger sets them', () => {
  test.each([
    {
      endpoint: undefined,
      control: 'https://111122223333.s3-control.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock',
      s3: 'https://exports.s3.eu-west-1.amazonaws.com/',
    },
    {
      endpoint: 'http://127.0.0.1:5555',
      control: 'http://127.0.0.1:5555/v20180820/configuration/publicAccessBlock',
      s3: 'http://127.0.0.1:5555/exports/',
    },
    {
      endpoint: 'http://localhost:5555',
      control: 'http://localhost:5555/v20180820/configuration/publicAccessBlock',
      s3: 'http://localhost:5555/exports/',
    },
    {
      endpoint: 'http://[::1]:5555',
      control: 'http://[::1]:5555/v20180820/configuration/publicAccessBlock',
      s3: 'http://[::1]:5555/exports/',
    },
    {
      endpoint: 'http://cafe:5000',
      control: 'http://111122223333.cafe:5000/v20180820/configuration/publicAccessBlock',
      s3: 'http://exports.cafe:5000/',
    },
    {
      endpoint: 'https://aws.example.test',
      control: 'https://111122223333.aws.example.test/v20180820/configuration/publicAccessBlock',
      s3: 'https://exports.aws.example.test/',
    },
  ])('$endpoint', async ({ endpoint, control, s3 }) => {
    if (endpoint === undefined) delete process.env['AWS_ENDPOINT_URL'];
    else process.env['AWS_ENDPOINT_URL'] = endpoint;
    try {
      const clients = createClients({ credentials, globalRegion: 'us-east-1' });
      expect(await addressOf(clients.for(S3ControlClient, 'eu-west-1'), account())).toBe(control);
      expect(await addressOf(clients.for(S3Client, 'eu-west-1'), bucket())).toBe(s3);
    } finally {
      delete process.env['AWS_ENDPOINT_URL'];
    }
  });
});

test('one client for each service and region, and the global region is the partition’s own', () => {
  const clients = createClients({ credentials, globalRegion: 'cn-north-1' });
  expect(clients.for(S3Client, 'global')).toBe(clients.for(S3Client, 'cn-north-1'));
  expect(clients.for(S3Client, 'cn-north-1')).not.toBe(clients.for(S3Client, 'cn-northwest-1'));
});
