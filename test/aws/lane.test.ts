import { describe, expect, test } from 'vitest';
import { AwsFailure, failureOf } from '#aws/failure.ts';
import { Lane, type LaneEnvironment } from '#aws/lane.ts';

const throttled = () => Object.assign(new Error('SlowDown'), { name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
const refused = () =>
  Object.assign(new Error('AccessDenied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });

function environment(more: Partial<LaneEnvironment> = {}): LaneEnvironment & { waits: number[] } {
  const waits: number[] = [];
  return {
    understand: failureOf,
    now: () => 0,
    random: () => 1,
    wait: (ms) => Promise.resolve(void waits.push(ms)),
    waits,
    ...more,
  };
}

describe('a lane bounds, retries and adapts', () => {
  test('never more calls under way than it is wide', async () => {
    const lane = new Lane({ concurrency: 3 }, environment());
    let underWay = 0;
    let most = 0;
    const call = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => lane.run(call)));
    expect(most).toBe(3);
  });

  test('a throttled call is tried again, each wait up to twice as long, and its answer comes', async () => {
    const world = environment();
    let tries = 0;
    const answer = await new Lane({ concurrency: 2 }, world).run(() => {
      tries += 1;
      return tries < 4 ? Promise.reject(throttled()) : Promise.resolve('answer');
    });
    expect([answer, world.waits]).toEqual(['answer', [200, 400, 800]]);
  });

  test('a call that is throttled for good is given up with its code', async () => {
    const world = environment();
    await expect(new Lane({ concurrency: 2 }, world).run(() => Promise.reject(throttled()))).rejects.toMatchObject({
      code: 'SlowDown',
      kind: 'throttled',
    });
    expect(world.waits).toEqual([200, 400, 800, 1600, 3200]);
  });

  test('a refusal is an answer: it is not asked again', async () => {
    const world = environment();
    await expect(new Lane({ concurrency: 2 }, world).run(() => Promise.reject(refused()))).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    expect(world.waits).toEqual([]);
  });

  test('narrows gently, at most once a second, and widens again with answers', async () => {
    let now = 0;
    const lane = new Lane({ concurrency: 20 }, environment({ now: () => now }));
    const widths: number[] = [];
    const throttleOnce = async () => {
      let isFirst = true;
      await lane.run(() => {
        const answer = isFirst ? Promise.reject(throttled()) : Promise.resolve();
        isFirst = false;
        return answer;
      });
      widths.push(lane.width);
    };
    await throttleOnce();
    await throttleOnce();
    now = 1000;
    await throttleOnce();
    for (let answers = 0; answers < 9; answers += 1) await lane.run(() => Promise.resolve());
    widths.push(lane.width);
    expect(widths).toEqual([14, 14, 9, 10]);
  });

  test('a call that waits for its next try holds no place', async () => {
    let release = (): void => undefined;
    const lane = new Lane(
      { concurrency: 1 },
      environment({ wait: () => new Promise((resolve) => (release = resolve)) }),
    );
    let isFirst = true;
    const slow = lane.run(() => {
      const answer = isFirst ? Promise.reject(throttled()) : Promise.resolve('late');
      isFirst = false;
      return answer;
    });
    expect(await lane.run(() => Promise.resolve('meanwhile'))).toBe('meanwhile');
    release();
    expect(await slow).toBe('late');
  });

  test('places that rest: never more calls in any second than there are places, however long each is under way', async () => {
    let time = 0;
    const wait = async (ms: number): Promise<void> => void (time += ms);
    const lane = new Lane({ concurrency: 2, restMs: 1000 }, environment({ now: () => time, wait }));
    const starts: number[] = [];
    for (const tookMs of [0, 300, 5, 700, 0, 0, 1500, 20, 0]) {
      await lane.run(() => {
        starts.push(time);
        time += tookMs;
        return Promise.resolve();
      });
    }
    expect(starts).toEqual([0, 0, 1000, 1300, 2005, 3000, 3005, 4505, 5505]);
  });

  test('places that rest: a call that was throttled counts, too', async () => {
    let time = 0;
    const wait = async (ms: number): Promise<void> => void (time += ms);
    const lane = new Lane({ concurrency: 2, restMs: 1000 }, environment({ now: () => time, wait, random: () => 0 }));
    const starts: number[] = [];
    const call = (): Promise<void> => {
      starts.push(time);
      return starts.length < 5 ? Promise.reject(throttled()) : Promise.resolve();
    };
    await lane.run(call);
    expect(starts).toEqual([0, 0, 1000, 1000, 2000]);
  });

  test('starts nothing after it was stopped', async () => {
    const stop = new AbortController();
    const lane = new Lane({ concurrency: 1 }, environment({ signal: stop.signal }));
    stop.abort();
    let called = false;
    await expect(lane.run(() => Promise.resolve((called = true)))).rejects.toThrow('aborted');
    expect(called).toBe(false);
  });
});

describe('what an error means', () => {
  const error = (name: string, status?: number, more: object = {}) =>
    Object.assign(new Error(name), {
      name,
      ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
      ...more,
    });
  test.each([
    { case: 'S3 asks to slow down', thrown: error('SlowDown', 503), code: 'SlowDown', kind: 'throttled' },
    { case: 'a status alone', thrown: error('Whatever', 429), code: 'Whatever', kind: 'throttled' },
    { case: 'HEAD without a body, 403', thrown: error('UnknownError', 403), code: 'AccessDenied', kind: 'refused' },
    { case: 'HEAD without a body, 404', thrown: error('Unknown', 404), code: 'NotFound', kind: 'refused' },
    { case: 'the server fell over', thrown: error('InternalError', 500), code: 'InternalError', kind: 'transient' },
    {
      case: 'the wire broke',
      thrown: error('Error', undefined, { code: 'ECONNRESET' }),
      code: 'ECONNRESET',
      kind: 'transient',
    },
    {
      case: 'an expired session',
      thrown: error('ExpiredTokenException', 400),
      code: 'ExpiredTokenException',
      kind: 'credentials',
    },
    {
      case: 'an answer in no known language',
      thrown: error('SyntaxError', 500),
      code: 'UnintelligibleAnswer',
      kind: 'transient',
    },
    { case: 'nothing is set', thrown: error('NoSuchBucketPolicy', 404), code: 'NoSuchBucketPolicy', kind: 'refused' },
    { case: 'something that is no error', thrown: 'text', code: 'Unknown', kind: 'refused' },
  ])('$case: $code, $kind', ({ thrown, code, kind }) => expect(failureOf(thrown)).toMatchObject({ code, kind }));

  test('is understood once', () => {
    const failure = failureOf(error('SlowDown', 503));
    expect(failureOf(failure)).toBe(failure);
    expect(failure).toBeInstanceOf(AwsFailure);
  });
});
