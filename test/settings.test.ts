import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actionItemsIn, parseSettings } from '#lambda/settings.ts';

const shipped = readFileSync(join(import.meta.dirname, '..', 'plumbline.yaml'), 'utf8');

test('the shipped settings hold the incidents and their action items, each with its link', () => {
  const items = actionItemsIn(parseSettings(shipped, 'plumbline.yaml'));
  expect(items.map(({ id }) => id)).toEqual([
    'TM-1',
    'TM-2',
    'TM-3',
    'TM-4',
    'TM-5',
    'TM-6',
    'TM-7',
    'TM-8',
    'SP-1',
    'SP-2',
    'SP-3',
  ]);
  expect(items[0]?.link).toBe('https://status.example.com/postmortems/testmaker-export-outage-october-2025');
});

test('an empty file is all defaults', () => {
  expect(parseSettings('', 'plumbline.yaml')).toEqual({
    ownerTags: ['owner', 'team'],
    postmortems: { base: 'https://example.com/', incidents: [] },
  });
});

describe('a mistake is told with its line and key', () => {
  const incident = 'postmortems:\n  base: https://x.example/\n  incidents:\n    - slug: one\n      title: One\n';
  test.each([
    {
      case: 'a misspelt key',
      text: 'ownerTags: [a]\nregoins: [us-east-1]',
      says: 'p.yaml:2: "regoins" is no setting; did you mean "regions"?',
    },
    {
      case: 'a key from nowhere',
      text: 'colour: red',
      says: 'p.yaml:1: "colour" is no setting: here may stand regions, ownerTags, postmortems',
    },
    {
      case: 'a misspelt key deep inside',
      text: incident.replace('title', 'titel'),
      says: 'p.yaml:5: "postmortems.incidents[0].titel" is no setting; did you mean "title"?',
    },
    { case: 'a text where a list belongs', text: 'regions: us-east-1', says: 'p.yaml:1: "regions" must be a list' },
    {
      case: 'no region',
      text: '\nregions: [us-east-1, useast2]',
      says: 'p.yaml:2: "regions[1]" must be a region such as us-east-1',
    },
    {
      case: 'an empty list',
      text: 'regions: []',
      says: 'p.yaml:1: "regions" must name a region, or be left out for all',
    },
    {
      case: 'something missing',
      text: 'postmortems:\n  base: https://x.example/\n',
      says: 'p.yaml:1: "postmortems.incidents" is missing',
    },
    {
      case: 'no address',
      text: incident.replace('https://x.example/', 'here'),
      says: 'p.yaml:2: "postmortems.base" must be an address such as https://status.example.com/postmortems/',
    },
    {
      case: 'a slug that is no slug',
      text: incident.replace('slug: one', 'slug: ../one'),
      says: 'p.yaml:4: "postmortems.incidents[0].slug" must be lower-case words joined by hyphens',
    },
    {
      case: 'an action item twice',
      text: `${incident}      actionItems:\n        - { id: TM-1, title: a }\n        - { id: TM-1, title: b }\n`,
      says: 'p.yaml:8: the action item TM-1 stands twice: give the second one an id of its own',
    },
    { case: 'a key twice', text: 'ownerTags: [a]\nownerTags: [b]', says: 'p.yaml:2: Map keys must be unique' },
    { case: 'no YAML', text: 'regions: [us-east-1', says: 'p.yaml:1:' },
    {
      case: 'an address that is no web page',
      text: incident.replace('https://x.example/', 'javascript:alert(1)'),
      says: 'p.yaml:2: "postmortems.base" must be an address',
    },
    {
      case: 'aliases that grow without end',
      text: [
        'a: &a [x,x,x,x,x,x,x,x,x,x]',
        ...'b c d e f g h i'
          .split(' ')
          .map(
            (name, index) =>
              `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[index] ?? 'a'}`).join(',')}]`,
          ),
      ].join('\n'),
      says: 'p.yaml: its aliases (*name) repeat too much: write the values out',
    },
    { case: 'a list instead of settings', text: '- regions', says: 'p.yaml:1: the file must be a map of settings' },
  ])('$case', ({ text, says }) => expect(() => parseSettings(text, 'p.yaml')).toThrow(says));
});
