import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '#lambda/settings.ts';
import { areFeedsKnown } from './feeds.ts';

/** Says at synthesis what the settings leave out and somebody will miss. */
export function warnOf(scope: Construct, settings: Settings): void {
  const { tell, hub } = settings;
  // Where the hub mails, whoever is to be told is named in the hub's settings.
  if (tell.alerts.length === 0 && (hub?.tell !== 'hub' || hub.account === Stack.of(scope).account))
    Annotations.of(scope).addWarningV2(
      'plumbline:nobody-is-told',
      'nobody is told of alerts: name them under "tell" in plumbline.yaml, or subscribe to the topic AlertsTopic',
    );
  if (!areFeedsKnown(settings))
    Annotations.of(scope).addWarningV2(
      'plumbline:regions-not-known',
      'which regions are enabled is not known here, so only the events of us-east-1 are forwarded, and what happens in further regions is found by the sweep: name them under "feeds" or "regions" in plumbline.yaml',
    );
  if (tell.selfWatch.length === 0)
    Annotations.of(scope).addWarningV2(
      'plumbline:nobody-watches-it',
      'nobody is told when the service itself is unwell: name somebody under "tell.selfWatch", or subscribe to the topic SelfWatchTopic',
    );
}
