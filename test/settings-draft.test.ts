import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemaReference } from '#bin/editor-schema.ts';
import { ownerTagsAmong } from '#lambda/owner-tags.ts';
import { draftSettings, type SettingsDraft } from '#lambda/settings-draft.ts';
import { parseSettings } from '#lambda/settings.ts';

const draft: SettingsDraft = {
  schema: './plumbline.schema.json',
  found: [],
  isIncomplete: false,
  ownerTags: [],
  timeZone: 'UTC',
  actionItems: ['TM-1', 'TM-3'],
};

test('whatever a tag key is, the file holds it and stays what it was', () => {
  const key = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.stringMatching(/^[-?:,[\]{}#&*!|>'"%@` \n\t~.0-9a-z]{0,12}$/),
  );
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), (keys) => {
      const text = draftSettings({ ...draft, ownerTags: keys.map((one) => ({ key: one, resources: 1 })) });
      expect(parseSettings(text, 'p.yaml')).toEqual({ ...parseSettings('', 'p.yaml'), ownerTags: keys });
      expect(parseSettings(text.replace(/^#(?! \S)/gm, ''), 'p.yaml').ownerTags).toEqual(keys);
    }),
  );
});

test('whatever regions, account and time zone AWS and the machine tell, the file can be read', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.boolean(), (told, id, named) => {
      const text = draftSettings({
        ...draft,
        account: { id, partition: told },
        timeZone: told,
        regions: { named, names: [told, 'eu-west-1'] },
        found: [{ region: told, counts: { 's3-bucket': 1 } }],
      });
      expect(parseSettings(text, 'p.yaml').regions).toEqual(named ? ['eu-west-1'] : undefined);
    }),
  );
});

describe('a tag key that looks like an owner', () => {
  test.each([
    'owner',
    'Owner',
    'OWNER',
    'ownerEmail',
    'technical-owner',
    'data_owner',
    'acme:owner',
    'example.com/team',
    'Team',
    'team name',
    'squad',
    'application',
    'AppName',
    'application-id',
    'service',
    'CostCenter',
    'cost-centre',
    'cost_center_code',
    'businessUnit',
    'project',
    'maintainer',
  ])('%s', (key) => expect(ownerTagsAmong(new Map([[key, 1]]))).toEqual([{ key, resources: 1 }]));

  test.each([
    'stage',
    'Name',
    'environment',
    'steam',
    'app-version',
    'service-tier',
    'aws:cloudformation:stack-name',
    'aws:servicecatalog:owner',
    'upstream',
    '',
    ':',
  ])('not %j', (key) => expect(ownerTagsAmong(new Map([[key, 1]]))).toEqual([]));

  test('the most used stand first, those used alike in the order of their names, and eight are enough', () => {
    const used = new Map([
      ['team', 2],
      ['owner', 5],
      ['Owner', 2],
      ...Array.from({ length: 9 }, (_, index) => [`team ${index}`, 1] as const),
    ]);
    expect(ownerTagsAmong(used).map(({ key }) => key)).toEqual([
      'owner',
      'Owner',
      'team',
      'team 0',
      'team 1',
      'team 2',
      'team 3',
      'team 4',
    ]);
  });
});

describe('an editor finds the schema', () => {
  const installed = './node_modules/plumbline/docs/plumbline.schema.json';
  test.each([
    { case: 'in a clone', root: '/src/plumbline', folder: '/src/plumbline', says: './docs/plumbline.schema.json' },
    {
      case: 'in a folder of a clone',
      root: '/src/plumbline',
      folder: '/src/plumbline/accounts/a',
      says: '../../docs/plumbline.schema.json',
    },
    { case: 'beside a clone', root: '/src/plumbline', folder: '/src/plumbline-settings', says: installed },
    { case: 'where it is installed', root: '/p/node_modules/plumbline', folder: '/p', says: installed },
    {
      case: 'below where it is installed',
      root: '/p/node_modules/plumbline',
      folder: '/p/infrastructure',
      says: '../node_modules/plumbline/docs/plumbline.schema.json',
    },
    {
      case: 'started from a global installation',
      root: '/usr/lib/node_modules/plumbline',
      folder: '/home/ann',
      says: installed,
    },
    {
      case: 'started by npx',
      root: '/home/ann/.npm/_npx/0a1b/node_modules/plumbline',
      folder: '/home/ann/p',
      says: installed,
    },
    {
      case: 'installed by pnpm',
      root: '/p/node_modules/.pnpm/plumbline@0.1.0/node_modules/plumbline',
      folder: '/p',
      says: installed,
    },
  ])('$case', ({ root, folder, says }) => expect(schemaReference(folder, root)).toBe(says));

  test('of the Plumbline that runs, by default', () => {
    expect(schemaReference(join(import.meta.dirname, '..'))).toBe('./docs/plumbline.schema.json');
  });
});
