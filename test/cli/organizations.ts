import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/**
 * AWS Organizations for the accounts of the API server, which does not implement DescribeEffectivePolicy: it answers 500. What it answers
 * DescribeOrganization for them is answered here, as AWS does for an account of no organisation. Everything else is a mistake of the test.
 */
export class Organizations {
  readonly url: string;
  readonly #server: Server;

  private constructor(url: string, server: Server) {
    this.url = url;
    this.#server = server;
  }

  static async start(): Promise<Organizations> {
    const server = createServer((request, response) => {
      const isKnown = request.headers['x-amz-target'] === 'AWSOrganizationsV20161128.DescribeEffectivePolicy';
      const code = isKnown ? 'AWSOrganizationsNotInUseException' : 'UnknownOperationException';
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code });
      response.end(JSON.stringify({ __type: code, Message: 'Your account is not a member of an organization.' }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Organizations(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
