import { describe, expect, test } from 'vitest';
import { symptomTimes } from '#lambda/symptom-question.ts';

const NOW = new Date('2025-10-28T22:00:00.000Z');
const settings = { now: NOW, timeZone: 'America/New_York', nameOf: (member: string) => `--${member}` };

describe('the window of a failure', () => {
  test.each([
    { case: 'now, and a day before', at: undefined, since: undefined, is: ['2025-10-27T22:00', '2025-10-28T22:00'] },
    { case: 'a time with its zone', at: '2025-10-28T17:25-04:00', is: ['2025-10-27T21:25', '2025-10-28T21:25'] },
    { case: 'as Plumbline prints it', at: '2025-10-28 21:25:00 UTC', is: ['2025-10-27T21:25', '2025-10-28T21:25'] },
    { case: 'in small letters', at: '2025-10-28t21:25z', is: ['2025-10-27T21:25', '2025-10-28T21:25'] },
    { case: 'how long ago', at: '2h', is: ['2025-10-27T20:00', '2025-10-28T20:00'] },
    { case: 'a time of today where the team is', at: '15:03', is: ['2025-10-27T19:03', '2025-10-28T19:03'] },
    { case: 'the same with one digit', at: '9:03', is: ['2025-10-27T13:03', '2025-10-28T13:03'] },
    { case: 'so long before the failure', at: '15:03', since: '3h', is: ['2025-10-28T16:03', '2025-10-28T19:03'] },
    { case: 'since a day', at: '2h', since: '2025-10-01', is: ['2025-10-01T00:00', '2025-10-28T20:00'] },
  ])('$case', ({ at, since, is: [from, to] }) => {
    const times = symptomTimes({ at, since }, settings);
    expect(times).toEqual({ from: `${from}:00.000Z`, to: `${to}:00.000Z`, at: `${to}:00.000Z` });
  });

  test.each([
    {
      at: '18:30',
      says: '--at 18:30: this is still to come (read in America/New_York, the time zone of the settings): name when the failure was seen, with its day',
    },
    {
      at: '25:00',
      says: '--at 25:00: write a time with its zone, such as 2025-10-28T14:00Z, how long ago, such as 2h, or 15:03 of today where the team is',
    },
    {
      at: '2025-10-28',
      says: '--at 2025-10-28: a failure has a time of day: write it too, such as 2025-10-28T14:00Z',
    },
    {
      at: '2025-02-30T00:00Z',
      says: '--at 2025-02-30T00:00Z: write a time with its zone, such as 2025-10-28T14:00Z, how long ago, such as 2h, or 15:03 of today where the team is',
    },
    {
      at: '2h',
      since: '2025-10-28T21:00Z',
      says: '--since 2025-10-28T21:00Z: this is no earlier than --at 2h: name an earlier time, or how long before it, such as 24h',
    },
    {
      at: '2h',
      since: '15:03',
      says: '--since 15:03: write a time with its zone, such as 2025-10-28T14:00Z, a day, or how long ago, such as 24h',
    },
  ])('$at $since: one sentence', ({ at, since, says }) =>
    expect(() => symptomTimes({ at, since }, settings)).toThrow(says),
  );

  test('on the day on which clocks are changed', () => {
    const now = new Date('2025-11-02T20:00:00.000Z');
    expect(symptomTimes({ at: '13:00' }, { ...settings, now }).at).toBe('2025-11-02T18:00:00.000Z');
    expect(symptomTimes({ at: '0:30' }, { ...settings, now }).at).toBe('2025-11-02T04:30:00.000Z');
  });
});
