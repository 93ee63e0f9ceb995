/** What a CDK app imports. */
export { Plumbline, PlumblineReader, type PlumblineProps, type PlumblineReaderProps } from './plumbline.ts';
export { FeedStack, type FeedStackProps } from './feed-stack.ts';
export { HubStack, type HubStackProps } from './hub-stack.ts';
export type { SettingsInput } from '#lambda/settings.ts';
