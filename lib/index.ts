/** What a CDK app imports. */
export { Plumbline, type PlumblineProps } from './plumbline.ts';
export type { SettingsInput } from '#lambda/settings.ts';
