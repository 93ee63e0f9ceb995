import type { Clients } from '#aws/clients.ts';
import type { Json } from '#core/json.ts';
import { recordings, type RecordedAnswer, type Recording } from '#local/demo/recording.ts';
import { replay } from '#local/demo/replay.ts';

/** Listings stay as they are: without them there is nothing to read. */
const LISTS = /^List/;

/** The recorded account, with every answer passed through `change`, and with a request id of its own as AWS gives. */
export function recordedAccount(change: (value: Json) => Json = (value) => value): Recording {
  const answers = [...recordings.before.answers].map(([call, answer]): [string, RecordedAnswer] => {
    if (!('output' in answer)) return [call, answer];
    const output = LISTS.test(call) ? answer.output : (change(withShuffledPolicy(answer.output, change)) as object);
    return [call, { output: { ...output, $metadata: { requestId: Math.random().toString(36) } } }];
  });
  return { ...recordings.before, answers: new Map(answers) };
}

/** A policy is a text inside the answer: its own keys and lists are put in another order too. */
function withShuffledPolicy(output: object, change: (value: Json) => Json): Json {
  const policy: unknown = Reflect.get(output, 'Policy');
  return (
    typeof policy === 'string' ? { ...output, Policy: JSON.stringify(change(JSON.parse(policy) as Json)) } : output
  ) as Json;
}

export function recordedClients(recording: Recording): Clients {
  return replay(recording);
}

/** The same account for somebody who may list, and read nothing. */
export function refusingClients(clients: Clients, code: string): Clients {
  return {
    for: (service, region) => {
      const client = clients.for(service, region) as { send: (command: object) => Promise<object> };
      const send = (command: object): Promise<object> =>
        LISTS.test(command.constructor.name)
          ? client.send(command)
          : Promise.reject(Object.assign(new Error(code), { name: code, $metadata: { httpStatusCode: 403 } }));
      return { send } as never;
    },
  };
}
