import { describe, expect, test } from 'vitest';
import { dayBefore, localTime } from '#core/local-day.ts';

describe('the day before, where the team is', () => {
  test.each([
    {
      case: 'in UTC',
      now: '2026-03-02T08:00:00.000Z',
      zone: 'UTC',
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-02T00:00:00.000Z',
    },
    {
      case: 'behind UTC, where it is still the day before',
      now: '2026-03-02T03:00:00.000Z',
      zone: 'America/New_York',
      from: '2026-02-28T05:00:00.000Z',
      to: '2026-03-01T05:00:00.000Z',
    },
    {
      case: 'ahead of UTC by a broken hour',
      now: '2026-03-02T19:00:00.000Z',
      zone: 'Asia/Kolkata',
      from: '2026-03-01T18:30:00.000Z',
      to: '2026-03-02T18:30:00.000Z',
    },
    {
      case: 'of 23 hours, when clocks go forward',
      now: '2026-03-09T12:00:00.000Z',
      zone: 'America/New_York',
      from: '2026-03-08T05:00:00.000Z',
      to: '2026-03-09T04:00:00.000Z',
    },
    {
      case: 'of 25 hours, when they go back',
      now: '2026-10-26T12:00:00.000Z',
      zone: 'Europe/Berlin',
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    },
  ])('$case', ({ now, zone, from, to }) => expect(dayBefore(new Date(now), zone)).toEqual({ from, to }));

  test('and the time of day', () =>
    expect(localTime(new Date('2026-03-02T13:00:30.000Z'), 'America/New_York')).toEqual({
      day: '2026-03-02',
      time: '08:00',
    }));
});
