import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OWN_SCHEDULE } from '#core/own-parts.ts';
import { kinds } from '#kinds';
import { makeStacks } from '#lib/stacks.ts';
import { FUNCTIONS } from '#lambda/service-names.ts';
import { parseSettings, type Settings } from '#lambda/settings.ts';
import { ACCOUNT, REGION } from './buckets.ts';

/** The stacks that settings lead to in one account, by their names; the home region's is `Plumbline`. */
export interface Synthesised {
  readonly settings: Settings;
  readonly stacks: readonly { readonly name: string; readonly region: string; readonly template: Template }[];
}

export const HOME_STACK = 'Plumbline';
/** The schedule that starts the service's looks at itself. */
export const OWN_LOOK = `${HOME_STACK}-${OWN_SCHEDULE}`;

/** Addresses that are told of alerts and of the service: one each. */
const TELL = 'tell: { alerts: [{ email: a@example.com }], selfWatch: [{ email: b@example.com }] }';

/** How the service is deployed in one account, as far as it decides what it is made of; each with its settings. */
export const LAYOUTS = {
  home: TELL,
  'one further region': `${TELL}\nfeeds: [eu-west-1]`,
  'two further regions': `${TELL}\nfeeds: [eu-west-1, eu-west-2]`,
  hub: `${TELL}\nhub: { account: "${ACCOUNT}", region: ${REGION}, organization: o-a1b2c3d4e5 }`,
} as const;

export type Layout = keyof typeof LAYOUTS;

/** Synthesised with empty bundles: what is in them is no part of a template. */
export function synthesise(layout: Layout): Synthesised {
  const settings = parseSettings(LAYOUTS[layout], 'plumbline.yaml');
  const bundles = mkdtempSync(join(tmpdir(), 'plumbline-inventory-'));
  try {
    for (const name of FUNCTIONS) {
      mkdirSync(join(bundles, name));
      writeFileSync(join(bundles, name, 'index.mjs'), '');
    }
    const app = new App();
    const declarations = kinds.map(({ declaration }) => declaration);
    const place = { account: ACCOUNT, region: REGION };
    makeStacks(app, { settings, declarations, bundles, version: '0.0.0', place, reader: 'no' });
    const stacks = app.node.children.filter((child) => child instanceof Stack);
    return {
      settings,
      stacks: stacks.map((stack) => ({
        name: stack.stackName,
        region: stack.region,
        template: Template.fromStack(stack),
      })),
    };
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}

export function homeOf({ stacks }: Synthesised): Template {
  const home = stacks.find(({ name }) => name === HOME_STACK);
  if (home === undefined) throw new Error('no stack of the home region was made');
  return home.template;
}
