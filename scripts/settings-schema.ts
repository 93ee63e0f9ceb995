import * as z from 'zod/mini';
import { settingsSchema } from '#lambda/settings.ts';

/**
 * The schema of `plumbline.yaml` for editors, from what reads it. Draft 7 is what the YAML support of the usual editors knows
 * (yaml-language-server: "JSON Schema 7 and below"); `input`, since what has a default may be left out of the file.
 */
export function settingsSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input' });
  const head = {
    $schema,
    $comment: 'Generated from lambda/settings.ts by `npm run docs`. Do not edit.',
    title: 'plumbline.yaml',
    description: 'What Plumbline is told about you. Read strictly: an unknown key is an error that names the line.',
  };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}
