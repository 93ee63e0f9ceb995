import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { parseSettings, settingsSchema } from '#lambda/settings.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Schema {
  readonly $schema?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean;
}

const schema = JSON.parse(read('docs/plumbline.schema.json')) as Schema;
/** The file as an editor takes it: what is in it, and nothing of the code that it was made from. */
const editor = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

/** Every setting by its path, lists left out: `tell.alerts.email`. */
function settingsOf({ properties = {}, items }: Schema, path: readonly string[] = []): readonly [string, Schema][] {
  const inside = Object.entries(properties).flatMap(([key, one]): [string, Schema][] => [
    [[...path, key].join('.'), one],
    ...settingsOf(one, [...path, key]),
  ]);
  return items === undefined ? inside : [...inside, ...settingsOf(items, path)];
}

/** The same of what reads the file. */
function keysOf(type: z.core.$ZodType, path: readonly string[] = []): readonly string[] {
  const { def } = type._zod;
  if ('innerType' in def) return keysOf(def.innerType as z.core.$ZodType, path);
  if ('element' in def) return keysOf(def.element as z.core.$ZodType, path);
  if (!('shape' in def)) return [];
  return Object.entries(def.shape as Record<string, z.core.$ZodType>).flatMap(([key, one]) => [
    [...path, key].join('.'),
    ...keysOf(one, [...path, key]),
  ]);
}

test('it is of the draft that the usual editors know', () => {
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
});

test('every key of the settings is in it, and nothing else', () => {
  const keys = keysOf(settingsSchema);
  expect(keys).toContain('postmortems.incidents.actionItems.horizon');
  expect(settingsOf(schema).map(([path]) => path)).toEqual(keys);
});

test.each(settingsOf(schema))('%s says in a sentence what it is for', (_path, { description }) => {
  expect(description).toMatch(/^[A-Z].{10,}\.$/);
});

test('no map takes a key that nobody knows', () => {
  const maps = [['', schema] as const, ...settingsOf(schema)]
    .flatMap(([path, one]) => [[path, one] as const, [`${path}[]`, one.items ?? {}] as const])
    .filter(([, one]) => one.type === 'object');
  expect(maps.length).toBeGreaterThan(7);
  for (const [path, one] of maps) expect([path, one.additionalProperties]).toEqual([path, false]);
});

test('the shipped settings are right by it, and point an editor to it', () => {
  const shipped = read('plumbline.yaml');
  expect(editor.safeParse(parse(shipped)).error).toBeUndefined();
  expect(shipped.split('\n', 1)).toEqual(['# yaml-language-server: $schema=./docs/plumbline.schema.json']);
  expect((JSON.parse(read('package.json')) as { files: string[] }).files).toContain('docs/plumbline.schema.json');
});

describe('an editor and Plumbline agree', () => {
  test.each([
    { text: '{}', isRight: true },
    { text: 'tell: { alerts: [{ email: a@example.com, severities: [high], owners: [web] }] }', isRight: true },
    { text: 'tell: { alerts: [{ email: a@example.com, https: "https://example.com" }] }', isRight: false },
    { text: 'tell: { selfWatch: [{ severities: [high] }] }', isRight: false },
    { text: 'tell: { alerts: [{ email: nobody }] }', isRight: false },
    { text: 'keep: { logsDays: 30, objectLockDays: 365 }', isRight: true },
    { text: 'keep: { logsDays: 31 }', isRight: false },
    { text: 'keep: { snapshotsDays: 1.5 }', isRight: false },
    { text: 'schedule: { sweepEvery: 1 hour, digestAt: 07:30 }', isRight: true },
    { text: 'schedule: { digestAt: 7:30 }', isRight: false },
    { text: 'regions: []', isRight: false },
    { text: 'regions: [useast1]', isRight: false },
    { text: 'regoins: [us-east-1]', isRight: false },
    { text: 'postmortems: { base: "https://example.com/", incidents: [{ slug: a, title: A }] }', isRight: true },
    { text: 'postmortems: { base: "ftp://example.com/", incidents: [] }', isRight: false },
    { text: 'postmortems: { incidents: [] }', isRight: false },
  ])('$text', ({ text, isRight }) => {
    const isRead = (() => {
      try {
        return parseSettings(text, 'p.yaml') !== undefined;
      } catch {
        return false;
      }
    })();
    expect({ editor: editor.safeParse(parse(text)).success, plumbline: isRead }).toEqual({
      editor: isRight,
      plumbline: isRight,
    });
  });
});
